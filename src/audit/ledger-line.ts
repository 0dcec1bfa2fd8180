/** The lines of the ledger, and how they are read. No hashing here: `desk status` and the home screen read the ledger alone. */
import type { Need } from '../model/journal.ts'
import { isProcessIdentity, type ProcessIdentity } from '../lock/liveness.ts'

/** How much of a segment counts: `torn` bytes behind `bytes` were never acknowledged. */
export interface Extent {
  readonly records: number
  readonly bytes: number
  /** Hash of the last record. */
  readonly head: string
  readonly torn: number
}
/** What a successor pins of the segment before it. */
export interface Previous extends Extent {
  readonly segment: string
}

/** What the caller wants lists to show without opening a segment. */
export interface OpenedSummary {
  readonly graph?: string
  readonly title?: string
  /** Resources held while the run is open, parked or not. */
  readonly locks?: readonly string[]
}
export interface ParkedSummary {
  readonly needs: readonly Need[]
  /** RFC 3339: when the run can go on by itself. */
  readonly resumeAt?: string
}
export interface ClosedSummary {
  readonly outcome?: string
  readonly reason?: string
  /** Places of effects of which nobody knows whether they took place, where the run was given up all the same. */
  readonly unsettled?: readonly string[]
}

interface At {
  /** RFC 3339. */
  readonly at: string
}
interface Of extends At {
  readonly segment: string
}
/** Recovered: written on behalf of a process that died. */
interface Recoverable {
  readonly recovered?: true
}
export interface Opened extends Of, OpenedSummary, Recoverable {
  readonly kind: 'opened'
  readonly actor: string
  readonly process?: ProcessIdentity
  readonly previous?: Previous
}
export interface Parked extends Of, Extent, ParkedSummary, Recoverable {
  readonly kind: 'parked'
}
export interface Closed extends Of, Extent, ClosedSummary, Recoverable {
  readonly kind: 'closed'
}
/** The process of an open run died; the run is still to be continued, but from now on its segment cannot be cut unseen. */
export interface Sealed extends Of, Extent {
  readonly kind: 'sealed'
}
export interface EvidenceLine extends Of {
  readonly kind: 'evidence'
  readonly event: string
  readonly status: string
  readonly seq: number
  readonly scope?: string
}
/** Written before the checkpoint that signs it and everything above it. */
export interface CheckpointLine extends At {
  readonly kind: 'checkpoint'
  readonly id: string
}
/** Written before the segment is deleted. */
export interface Expired extends Of {
  readonly kind: 'expired'
  readonly head: string
  readonly olderThan: string
}
/** Written before old ledger files are deleted: what takes their place, to the byte. */
export interface Pruning extends At {
  readonly kind: 'pruning'
  /** `2019-01-pruned.ndjson`. */
  readonly file: string
  readonly sha256: string
}
/** Stands for lines of older ledger files that are gone: where they lay, and their compact range. Not a line of the tree itself. */
export interface Pruned extends At {
  readonly kind: 'pruned'
  readonly before: { readonly from?: number; readonly size: number; readonly peaks: readonly string[] }
}
export type LedgerLine = Opened | Parked | Closed | Sealed | EvidenceLine | CheckpointLine | Expired | Pruning | Pruned
/** Before it has its moment. */
export type NewLedgerLine = LedgerLine extends infer Line ? (Line extends LedgerLine ? Omit<Line, 'at'> : never) : never

type Fields = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0
const isText = (value: unknown): boolean => typeof value === 'string'
const isOptionalText = (value: unknown): boolean => value === undefined || typeof value === 'string'

/** Undefined for what is not a whole line of ours: torn, damaged, or of another version. */
export function parseLedgerLine(text: string): LedgerLine | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isLedgerLine(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isLedgerLine(value: unknown): value is LedgerLine {
  if (!isObject(value) || !isText(value['at'])) return false
  switch (value['kind']) {
    case 'opened':
      return isOpened(value)
    case 'parked':
      return isExtentOf(value) && isOptionalText(value['resumeAt']) && isListOf(value['needs'], isNeed)
    case 'closed':
      return (
        isExtentOf(value) &&
        isOptionalText(value['outcome']) &&
        isOptionalText(value['reason']) &&
        (value['unsettled'] === undefined || isListOf(value['unsettled'], isText))
      )
    case 'sealed':
      return isExtentOf(value)
    case 'evidence':
      return (
        ['segment', 'event', 'status'].every((name) => isText(value[name])) &&
        isCount(value['seq']) &&
        isOptionalText(value['scope'])
      )
    case 'checkpoint':
      return isText(value['id'])
    case 'expired':
      return ['segment', 'head', 'olderThan'].every((name) => isText(value[name]))
    case 'pruning':
      return isText(value['file']) && isText(value['sha256'])
    case 'pruned':
      return isObject(value['before']) && isRange(value['before'])
    default:
      return false
  }
}

function isRange({ from, size, peaks }: Fields): boolean {
  return (from === undefined || isCount(from)) && isCount(size) && isListOf(peaks, isText)
}

function isOpened(value: Fields): boolean {
  const { process, previous, locks } = value
  return (
    isText(value['segment']) &&
    isText(value['actor']) &&
    isOptionalText(value['graph']) &&
    isOptionalText(value['title']) &&
    (locks === undefined || isListOf(locks, isText)) &&
    (process === undefined || isProcessIdentity(process)) &&
    (previous === undefined || isPrevious(previous))
  )
}

export function isPrevious(value: unknown): value is Previous {
  return isObject(value) && isExtentOf(value)
}

function isExtentOf(value: Fields): boolean {
  return (
    isText(value['segment']) &&
    isText(value['head']) &&
    ['records', 'bytes', 'torn'].every((name) => isCount(value[name]))
  )
}

export function isNeed(value: unknown): value is Need {
  return (
    isObject(value) &&
    isText(value['kind']) &&
    isText(value['title']) &&
    isObject(value['at']) &&
    isText(value['at']['path'])
  )
}

function isListOf(value: unknown, is: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is)
}
