/** Arithmetic on decimals in units of 10^-18 (`model/decimal.ts`). Exact but for `multiply` and `divide`. */
import { decimalUnit } from '../../../model/decimal.ts'

export const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)
export const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
/** Rounded towards zero. */
export const multiply = (a: bigint, b: bigint): bigint => (a * b) / decimalUnit
/** Rounded towards zero. */
export const divide = (a: bigint, b: bigint): bigint => (a * decimalUnit) / b
export const isMultipleOf = (value: bigint, step: bigint): boolean => value % step === 0n
/** The nearest multiple of `step` at or below a value that is not negative. */
export const floorTo = (value: bigint, step: bigint): bigint => value - (value % step)
