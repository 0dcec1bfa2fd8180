/**
 * Old ledger files go once every segment that they speak of has expired, or is kept for ever. One file takes their place: it holds what
 * is still needed, line by line, and a compact range for each stretch that is not, so that later roots and checkpoints go on. First a
 * line of the ledger says what that file will be, to the byte; then a checkpoint signs that line; then the file comes into being by
 * one rename, from which moment nobody reads the old ones; only then they are deleted. A crash in between leaves what the next time
 * goes on with.
 */
import { existsSync, readdirSync, statSync, unlinkSync } from 'node:fs'
import { syncDirectory } from '../disk/directory.ts'
import { replaceFile } from '../disk/publish.ts'
import { disk } from '../disk/write.ts'
import { listCheckpoints } from './checkpoint.ts'
import { expectationsOf, type Known } from './expectation.ts'
import { isErrno, writing } from './failure.ts'
import { kindOf } from './id.ts'
import { ledgerDir, parseSegmentName, segmentPath } from './layout.ts'
import { appendLedger, encodeLedgerLine } from './ledger.ts'
import { isPrunedFile, type LedgerEntry, prunedFileOf, readLedger, supersededFiles } from './ledger-read.ts'
import type { VerifierKey } from './note.ts'
import { prunedText } from './pruned-text.ts'
import { Tree } from './tree.ts'
import { judgeMissing, longestKeptMs, type Policy } from './verify.ts'
import { type LedgerVerdict, verifyLedger } from './verify-ledger.ts'
import { sha256 } from '../model/sha256.ts'

export interface PruningPlan {
  /** Ledger files that go. */
  readonly files: readonly string[]
  /** What takes their place: its name, and what it holds. Absent where nothing goes. */
  readonly successor?: { readonly file: string; readonly text: string }
  /** The ledger says already that they go. */
  readonly isAnnounced: boolean
  /** Why nothing goes, however old it is. */
  readonly reason?: string
  /** The first file that is old enough and stays, with all after it, and what it still speaks of. */
  readonly heldBack?: { readonly file: string; readonly segment: string }
}
const nothing: PruningPlan = { files: [], isAnnounced: false }

/** Throws the system's error where something cannot be read. */
export function planPruning(stateDir: string, policy: Policy, verifier: VerifierKey | undefined): PruningPlan {
  const ledger = readLedger(stateDir)
  const stored = { here: listCheckpoints(stateDir), elsewhere: [] }
  const verdict = verifyLedger(ledger, stored, verifier, policy.now.getTime() - longestKeptMs(policy))
  // What does not verify stays as evidence.
  if (verdict.problems.length > 0) return { ...nothing, reason: 'the ledger does not verify' }
  const { lines } = ledger
  const old = oldFiles(lines, verdict.signedThen)
  const isGone = goneIn(stateDir, expectationsOf(lines, verdict.heads), policy, verdict)
  const heldBack = stayingOf(old, lines, policy, isGone)
  const staying = { ...nothing, ...(heldBack === undefined ? {} : { heldBack }) }
  const files = heldBack === undefined ? old : old.slice(0, old.indexOf(heldBack.file))
  const last = files.at(-1)
  if (last === undefined) return staying
  const replaced = lines.filter(({ file }) => files.includes(file))
  const text = prunedText(withoutGone(replaced, isGone))
  const file = prunedFileOf(last.slice(0, 7))
  // The same as it is: nothing more has expired.
  if (files.length === 1 && file === last && text === prunedText(replaced)) return staying
  return { ...staying, files, successor: { file, text }, isAnnounced: isAnnouncedIn(lines, { file, text }, Infinity) }
}

/** Puts on record what goes, and what takes its place. The next checkpoint signs it. Throws AuditUnwritable. */
export function announcePruning(stateDir: string, { successor, isAnnounced }: PruningPlan, now: () => Date): void {
  if (successor === undefined || isAnnounced) return
  appendLedger(stateDir, { kind: 'pruning', file: successor.file, sha256: sha256(successor.text) }, { now })
}

/**
 * Does it where the line that says so is among the first `signedTo` of the ledger, and deletes what a crash has left of the last time.
 * Answers the names of the files that are gone. `unique` keeps drafts of several processes apart; `nowMs` is the real time, as files have
 * it. Throws AuditUnwritable.
 */
export function prune(
  stateDir: string,
  { successor, reason }: PruningPlan,
  signedTo: number,
  { unique, nowMs }: { readonly unique: string; readonly nowMs: number },
): readonly string[] {
  // What does not verify is evidence, and so is what it claims to stand for: it may have been put there to have that deleted.
  if (reason !== undefined) return []
  const dir = ledgerDir(stateDir)
  deleteDrafts(dir, nowMs)
  if (successor !== undefined && isAnnouncedIn(readLedger(stateDir).lines, successor, signedTo))
    writing(dir, () => {
      replaceFile(`${dir}/${successor.file}`, Buffer.from(successor.text), unique, disk)
    })
  const going = isSigned(stateDir, signedTo) ? supersededFiles(stateDir) : []
  if (going.length === 0) return []
  writing(dir, () => {
    for (const file of going) unlink(`${dir}/${file}`)
    syncDirectory(dir)
  })
  return going
}

/** Those whose last line had been signed by then, in order. The latest file is never among them: it is still written to. */
function oldFiles(lines: readonly LedgerEntry[], signedThen: number): readonly string[] {
  const ends = new Map<string, number>()
  let size = 0
  for (const { file, value } of lines) {
    size = value.kind === 'pruned' ? value.before.size : size + 1
    ends.set(file, size)
  }
  return [...ends].slice(0, -1).flatMap(([file, end]) => (end <= signedThen ? [file] : []))
}

/** The first that speaks of a segment which is still to expire. */
function stayingOf(
  old: readonly string[],
  lines: readonly LedgerEntry[],
  policy: Policy,
  isGone: (segment: string) => boolean,
): PruningPlan['heldBack'] {
  for (const { file, value } of lines)
    if (old.includes(file) && 'segment' in value && !isGone(value.segment) && !isForEver(value.segment, policy))
      return { file, segment: value.segment }
  return undefined
}

const isForEver = (segment: string, { keepMs }: Policy): boolean => {
  const kind = kindOf(parseSegmentName(segment)?.run ?? '')
  return kind !== undefined && keepMs(kind) === undefined
}

/** Deleted in its time, as `verify` sees it: what it would miss is evidence, and its lines are what it is missed by. */
function goneIn(
  stateDir: string,
  all: ReadonlyMap<string, Known>,
  policy: Policy,
  verdict: LedgerVerdict,
): (segment: string) => boolean {
  const gone = new Map<string, boolean>()
  return (segment) => {
    const before = gone.get(segment)
    if (before !== undefined) return before
    const known = all.get(segment)
    const is =
      known !== undefined &&
      parseSegmentName(segment) !== undefined &&
      !existsSync(segmentPath(stateDir, segment)) &&
      judgeMissing(segment, known, policy, verdict) === undefined
    gone.set(segment, is)
    return is
  }
}

/** The lines that are still needed, and a range for each stretch of others between them. */
function withoutGone(
  lines: readonly LedgerEntry[],
  isGone: (segment: string) => boolean,
): readonly { readonly text: string }[] {
  const left: { readonly text: string }[] = []
  let size = 0
  let gap: { readonly tree: Tree; at: string } | undefined
  const close = (): void => {
    if (gap !== undefined)
      left.push({ text: encodeLedgerLine({ at: gap.at, kind: 'pruned', before: gap.tree.range() }) })
    gap = undefined
  }
  for (const { value, text } of lines) {
    if ('segment' in value && !isGone(value.segment)) {
      close()
      left.push({ text })
      size++
      continue
    }
    gap ??= { tree: new Tree(size), at: value.at }
    gap.at = value.at
    if (value.kind === 'pruned') gap.tree.addRange(value.before)
    else gap.tree.add(text)
    size = gap.tree.size
  }
  close()
  return left
}

/** Whether what stands for old files is what a signed line said: where it is anything else, they are evidence. */
function isSigned(stateDir: string, signedTo: number): boolean {
  const { lines } = readLedger(stateDir)
  const file = lines[0]?.file ?? ''
  const text = prunedText(lines.filter((line) => line.file === file))
  return isPrunedFile(file) && isAnnouncedIn(lines, { file, text }, signedTo)
}

function isAnnouncedIn(
  lines: readonly LedgerEntry[],
  { file, text }: { readonly file: string; readonly text: string },
  signedTo: number,
): boolean {
  const hash = sha256(text)
  let size = 0
  return lines.some(({ value }) => {
    size = value.kind === 'pruned' ? value.before.size : size + 1
    return value.kind === 'pruning' && value.file === file && value.sha256 === hash && size <= signedTo
  })
}

/** A draft whose process died before the rename. One that is young may be somebody's. */
function deleteDrafts(dir: string, nowMs: number): void {
  writing(dir, () => {
    for (const name of readdirSync(dir)) {
      const path = `${dir}/${name}`
      const stat = draftName.test(name) ? statSync(path, { throwIfNoEntry: false }) : undefined
      if (stat !== undefined && nowMs - stat.mtimeMs > longestDraftMs) unlink(path)
    }
  })
}
const draftName = /^\.\d{4}-\d{2}-pruned\.ndjson\./
const longestDraftMs = 3_600_000

function unlink(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
}
