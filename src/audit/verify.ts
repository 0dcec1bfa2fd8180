/**
 * Proves the log: every record by its chain, the end of every segment by the ledger, the ledger by signed checkpoints. What was written
 * after the last checkpoint is vouched for only by itself, so the report says how far the anchor reaches.
 */
import { readdirSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { listCheckpoints, type StoredNote } from './checkpoint.ts'
import { isErrno } from './failure.ts'
import { endOf, expectationsOf, type Known } from './expectation.ts'
import { idKinds, kindOf, type IdKind } from './id.ts'
import { parseSegmentName, segmentPath, segmentsDir } from './layout.ts'
import { readLedger } from './ledger-read.ts'
import type { VerifierKey } from './note.ts'
import { referencesOf, type Reference } from './references.ts'
import { proveSegment } from './segment-proof.ts'
import { findLostArtefacts } from './verify-artefacts.ts'
import { type LedgerVerdict, verifyLedger } from './verify-ledger.ts'
import { verifyContent } from './verify-segment.ts'
import { readSegment, type SegmentProblem } from './segment-read.ts'

export type Problem = SegmentProblem
export interface Policy {
  readonly now: Date
  /** How long segments of a kind are kept; undefined: for ever. */
  readonly keepMs: (kind: IdKind) => number | undefined
}
export interface Report {
  readonly ok: boolean
  /** Records that count, over all segments. */
  readonly records: number
  /** Lines of the ledger that a checkpoint vouches for; 0: none. */
  readonly anchoredTo: number
  readonly anchoredAt?: string
  readonly ledgerSize: number
  readonly problems: readonly Problem[]
  /** What is odd but no tampering: torn tails, expired segments. */
  readonly notes: readonly string[]
}

/** `elsewhere`: checkpoints that were kept off this host; where there are any, the anchor is theirs alone. Throws the system's error where something cannot be read: then nobody can tell. */
export function verify(
  stateDir: string,
  verifier: VerifierKey | undefined,
  policy: Policy,
  elsewhere: readonly StoredNote[] = [],
): Report {
  const ledger = readLedger(stateDir)
  const notesOf = { here: listCheckpoints(stateDir), elsewhere }
  const anchor = verifyLedger(ledger, notesOf, verifier, policy.now.getTime() - longestKeptMs(policy))
  const known = expectationsOf(ledger.lines, anchor.heads)
  const problems = [...anchor.problems]
  const notes = [...anchor.notes]
  const references: Reference[] = []
  let records = 0
  const isThere = new Set(filesIn(segmentsDir(stateDir)))
  for (const [segment, expected] of known) {
    if (parseSegmentName(segment) === undefined) continue // an unreadable name was reported with its line
    const proved = proveSegment(stateDir, segment, expected)
    if (proved !== undefined) {
      records += proved.records
      references.push(...proved.references)
      continue
    }
    const content = contentOf(stateDir, segment)
    if (content === undefined) {
      const problem = judgeMissing(segment, expected, policy, anchor)
      if (problem === undefined) notes.push(`${segment}: expired`)
      else problems.push(problem)
      continue
    }
    const verdict = verifyContent(segment, content, expected)
    problems.push(...verdict.problems)
    notes.push(...verdict.notes)
    records += verdict.read.records
    references.push(...verdict.read.entries.flatMap((record) => referencesOf(segment, record)))
  }
  for (const file of isThere) {
    if (known.has(file)) continue
    const finding = judgeUnknown(stateDir, file)
    if (typeof finding === 'string') notes.push(finding)
    else if (finding !== undefined) problems.push(finding)
  }
  problems.push(...findLostArtefacts(stateDir, references))
  const { anchoredTo, anchoredAt, ledgerSize } = anchor
  return {
    ok: problems.length === 0,
    records,
    anchoredTo,
    ...(anchoredAt === undefined ? {} : { anchoredAt }),
    ledgerSize,
    problems,
    notes,
  }
}

/** Of a file that no line of the ledger names: a note where a crash left it, undefined where it was announced meanwhile. */
function judgeUnknown(stateDir: string, file: string): Problem | string | undefined {
  const at = { seq: 0, line: 1 }
  if (parseSegmentName(file) === undefined) {
    const message = 'no line of the ledger names this file, and desk makes none of such a name'
    return { ...at, segment: `segments/${file}`, code: 'foreign-file', message }
  }
  const { records, problem } = readSegment(stateDir, file)
  // A writer announces its segment right after the header, before anything else.
  if (records <= 1 && problem === undefined) return `${file}: its process died before announcing it`
  if (isAnnounced(stateDir, file)) return undefined
  return { ...at, segment: file, code: 'unannounced', message: 'the ledger does not know this segment' }
}

/** Undefined: it expired as it should. */
export function judgeMissing(
  segment: string,
  known: Known,
  policy: Policy,
  { signedTo, prunedTo }: Pick<LedgerVerdict, 'signedTo' | 'prunedTo'>,
): Problem | undefined {
  const at = { segment, seq: 0, line: 1 }
  const { expired, expiredLine = Infinity } = known
  // All that was said of it before has gone with its ledger file, which a signed line and its age allowed.
  if (expired !== undefined && isAllPruned(known) && prunedTo > 0 && expiredLine <= signedTo) return undefined
  const end = endOf(known)
  const early = (message: string): Problem => ({ ...at, code: 'deleted-early', message })
  if (expired === undefined) return { ...at, code: 'deleted', message: 'the file is gone' }
  if (end === undefined) return early('the file is gone although it had never ended')
  if (expired.head !== end.head) return early('what is said to have expired is not what was written')
  const kind = kindOf(parseSegmentName(segment)?.run ?? '')
  const keepMs = kind === undefined ? undefined : policy.keepMs(kind)
  if (keepMs === undefined) return early('the file is gone; segments of its kind are kept for ever')
  const keptUntil = Date.parse(end.at) + keepMs
  if (keptUntil >= policy.now.getTime())
    return early(`the file is gone; it had to be kept until ${new Date(keptUntil).toISOString()}`)
  return expiredLine <= signedTo ? undefined : early('no checkpoint signs that it expired')
}

const isAllPruned = ({ opened, end, pin, evidence, heads }: Known): boolean =>
  opened === undefined && end === undefined && pin === undefined && evidence.length === 0 && heads.length === 0

export const longestKeptMs = ({ keepMs }: Policy): number => Math.max(0, ...idKinds.map((kind) => keepMs(kind) ?? 0))

function filesIn(dir: string): string[] {
  try {
    return readdirSync(dir).filter((name) => !name.startsWith('.'))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

function contentOf(stateDir: string, segment: string): Buffer | undefined {
  try {
    return readRegularFile(segmentPath(stateDir, segment))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Asked anew, because desk may be writing while this reads. */
function isAnnounced(stateDir: string, segment: string): boolean {
  return readLedger(stateDir).lines.some(({ value }) => value.kind === 'opened' && value.segment === segment)
}
