/**
 * A line of the ledger told by its beginning and its end. Lines that this version writes begin with their fields in a fixed order, so a
 * long ledger is looked through without parsing most of it.
 */
export interface Sketch {
  readonly kind: 'opened' | 'parked' | 'closed' | 'evidence'
  readonly segment: string
  readonly graph?: string
  /** Of a segment that has ended. */
  readonly size?: number
}
const begun = /^\{"at":"[^"\\]*","kind":"(opened|evidence)","segment":"([^"\\]*)"(?:,"graph":"([^"\\]*)")?/
const ended =
  /^\{"at":"[^"\\]*","segment":"([^"\\]*)","records":\d+,"bytes":(\d+),"head":"[0-9a-f]{64}","torn":(\d+),"kind":"(parked|closed)"/
const afterMoment = '{"at":"2026-11-20T12:00:00.000Z",'.length
const hashBytes = ',"h":""}'.length + 64

/** Undefined for every line that is not, at both ends, exactly what desk writes. */
export function sketchOf(text: string): Sketch | undefined {
  if (!text.startsWith(',"h":"', text.length - hashBytes) || !text.endsWith('"}')) return undefined
  // One look at where the moment ends tells which of the two it can be; a line with another moment is read whole.
  const end = text.startsWith('"segment"', afterMoment) ? ended.exec(text) : null
  if (end !== null) {
    const [, segment = '', bytes, torn, kind] = end
    return { kind: kind === 'parked' ? 'parked' : 'closed', segment, size: Number(bytes) + Number(torn) }
  }
  const begin = begun.exec(text)
  if (begin === null) return undefined
  const [, kind, segment = '', graph] = begin
  return { kind: kind === 'opened' ? 'opened' : 'evidence', segment, ...(graph === undefined ? {} : { graph }) }
}
