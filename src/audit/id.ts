/** Names of runs and of everything else that has a segment of its own: `<kind>-<ULID>`, lower case. Within a kind they sort by time. */
export const idKinds = ['run', 'halt', 'release', 'approval', 'throttle', 'promote', 'hold', 'note'] as const
export type IdKind = (typeof idKinds)[number]

/** Crockford's alphabet: no i, l, o, u. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const pattern = new RegExp(`^(?:${idKinds.join('|')})-[0-7][${alphabet}]{25}$`)
const timeDigits = 10
const randomBytes = 10

/** `random(n)` answers n random bytes. */
export function newId(kind: IdKind, now: () => Date, random: (bytes: number) => Uint8Array): string {
  return `${kind}-${encode(BigInt(now().getTime()), timeDigits)}${encode(asNumber(random(randomBytes)), 16)}`
}

/** Guards every path that is built from an id: nothing but a name of ours passes. */
export function isId(text: string): boolean {
  return pattern.test(text)
}

export function kindOf(id: string): IdKind | undefined {
  return isId(id) ? idKinds.find((kind) => id.startsWith(`${kind}-`)) : undefined
}

/** When the id was made, in epoch milliseconds. */
export function timeOf(id: string): number | undefined {
  if (!isId(id)) return undefined
  const digits = id.slice(id.indexOf('-') + 1).slice(0, timeDigits)
  return Array.from(digits).reduce((sum, digit) => sum * 32 + alphabet.indexOf(digit), 0)
}

function asNumber(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
}

function encode(value: bigint, digits: number): string {
  let text = ''
  for (let rest = value; text.length < digits; rest /= 32n) text = alphabet.charAt(Number(rest % 32n)) + text
  return text
}
