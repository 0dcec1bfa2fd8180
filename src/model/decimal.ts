/**
 * Decimal numbers, exactly: quantities and prices are whole numbers of 10^-18 and never become binary fractions. As text they have at
 * most 18 digits on each side of the point, no exponent and no leading zeros.
 */
export const decimalPattern = /^-?(?:0|[1-9]\d{0,17})(?:\.\d{1,18})?$/

const fractionDigits = 18
/** One, in units of 10^-18. */
export const decimalUnit: bigint = 10n ** BigInt(fractionDigits)

/** `-12.50` in units of 10^-18; undefined for what is no decimal. */
export function parseDecimal(text: string): bigint | undefined {
  if (!decimalPattern.test(text)) return undefined
  const negative = text.startsWith('-')
  const [whole = '', fraction = ''] = text.slice(negative ? 1 : 0).split('.')
  const units = BigInt(whole + fraction.padEnd(fractionDigits, '0'))
  return negative ? -units : units
}

/** For text that has been validated before: anything else is a bug and throws RangeError. */
export function decimalUnits(text: string): bigint {
  const units = parseDecimal(text)
  if (units === undefined) throw new RangeError(`not a decimal: ${text}`)
  return units
}

/** The shortest text: no trailing zeros, no `-0`. */
export function formatDecimal(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(fractionDigits + 1, '0')
  const fraction = digits.slice(-fractionDigits).replace(/0+$/, '')
  const whole = digits.slice(0, -fractionDigits)
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
