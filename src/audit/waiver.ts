/**
 * That a gate which has not passed is accepted for a while: who says so, why, and until when. On record as evidence about the gate's
 * place. Reading it loads nothing that the home screen has not loaded anyway.
 */
import type { EvidenceLine } from './ledger-line.ts'
import { parseSegmentName } from './layout.ts'
import { readRun } from './segment-read.ts'

/** What documents record has no scope, so none of them can record a waiver. */
export const waiverEvent = 'gate.waived'

export interface Waiver {
  readonly by: string
  readonly reason: string
  /** RFC 3339. */
  readonly until: string
}

/**
 * The latest waiver of a gate, while it is in force. `lines`: what the ledger announces, oldest first; `place`: e.g.
 * `gates/weekly#W2`. What cannot be believed waives nothing.
 */
export function waiverIn(
  lines: readonly EvidenceLine[],
  place: string,
  stateDir: string,
  nowMs: number,
): Waiver | undefined {
  const line = lines.findLast(({ event, scope }) => event === waiverEvent && scope === place)
  const name = line === undefined ? undefined : parseSegmentName(line.segment)
  if (line === undefined || name === undefined) return undefined
  const { problems, segments } = readRun(stateDir, name.run)
  const record = problems.length > 0 ? undefined : segments[name.k]?.entries[line.seq]
  if (record?.event !== waiverEvent || !isAbout(record.data, place)) return undefined
  const { observed } = record
  const isInForce = (until: string): boolean => Date.parse(record.timestamp) <= nowMs && nowMs < Date.parse(until)
  return isWaiver(observed) && isInForce(observed.until) ? observed : undefined
}

const isAbout = (data: unknown, place: string): boolean =>
  typeof data === 'object' && data !== null && Reflect.get(data, 'scope') === place

const isWaiver = (value: unknown): value is Waiver =>
  typeof value === 'object' &&
  value !== null &&
  ['by', 'reason', 'until'].every((name) => typeof Reflect.get(value, name) === 'string')
