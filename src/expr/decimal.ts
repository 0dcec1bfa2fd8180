/** A decimal number under evaluation: compared and subtracted exactly, never a binary fraction. */
import { decimalUnit, formatDecimal, parseDecimal } from '../model/decimal.ts'

export class Decimal {
  /** In units of 10^-18. */
  readonly units: bigint

  constructor(units: bigint) {
    this.units = units
  }

  /** Undefined for text that is no decimal. */
  static parse(text: string): Decimal | undefined {
    const units = parseDecimal(text)
    return units === undefined ? undefined : new Decimal(units)
  }

  static fromInteger(value: bigint): Decimal {
    return new Decimal(value * decimalUnit)
  }

  toString(): string {
    return formatDecimal(this.units)
  }
}
