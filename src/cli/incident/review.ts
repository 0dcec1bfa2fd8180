/** The written review of an incident: what counts as one. */

/** A review of fewer words was not written for anybody to read. */
const fewestWords = 20
/** What a template asks for, where it is to be written. It must not stay in a review. */
export const toWrite = (what: string): string => `[TO BE WRITTEN: ${what}]`
const unwritten = /\[TO BE WRITTEN\b/g

/** Why a text is no review yet; undefined where it is one. */
export function whatIsLeft(text: string): string | undefined {
  const places = text.match(unwritten)?.length ?? 0
  if (places > 0) return `${String(places)} ${places === 1 ? 'place is' : 'places are'} still to be written`
  const words = text.split(/\s+/).filter((word) => word !== '').length
  return words < fewestWords ? `it has fewer than ${String(fewestWords)} words` : undefined
}
