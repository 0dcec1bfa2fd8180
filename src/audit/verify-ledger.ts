/** Whether the ledger is what it was: each line by its own hash, all of them by the roots that checkpoints signed. */
import type { SegmentProblem as Problem } from './segment-read.ts'
import { parseCheckpoint, type Checkpoint, type OpenHead, type StoredNote } from './checkpoint.ts'
import { isLineWhole } from './ledger.ts'
import { isPrunedFile, type Ledger, type LedgerEntry } from './ledger-read.ts'
import { openNote, type VerifierKey } from './note.ts'
import { prunedText } from './pruned-text.ts'
import { Tree } from './tree.ts'
import { sha256 } from '../model/sha256.ts'

export interface LedgerVerdict {
  readonly problems: readonly Problem[]
  readonly notes: readonly string[]
  /** All lines ever, those of pruned files included. */
  readonly ledgerSize: number
  /** So many lines are signed by checkpoints that hold, wherever they lie. */
  readonly signedTo: number
  /** So many of them had one when the youngest line that may have been pruned was written. */
  readonly signedThen: number
  /** Up to here lines are gone, as a signed line said before. 0 where none are, or nobody said so. */
  readonly prunedTo: number
  /** So many lines are vouched for by a checkpoint, by one kept elsewhere where there are such; 0 for none. */
  readonly anchoredTo: number
  /** RFC 3339, of the newest checkpoint that holds. */
  readonly anchoredAt?: string
  /** How far segments had come that were open when a checkpoint was made. */
  readonly heads: readonly OpenHead[]
}

/** `youngestPruned`: lines younger than this moment, in epoch milliseconds, may not have been pruned. */
export function verifyLedger(
  ledger: Ledger,
  stored: { readonly here: readonly StoredNote[]; readonly elsewhere: readonly StoredNote[] },
  verifier: VerifierKey | undefined,
  youngestPrunedMs: number,
): LedgerVerdict {
  const { lines } = ledger
  const problems: Problem[] = []
  const notes: string[] = []
  checkLines(ledger, problems, notes)
  const elsewhere = openAll(stored.elsewhere, verifier, problems)
  const checkpoints = [...openAll(stored.here, verifier, problems), ...elsewhere]
  if (verifier === undefined) judgeWithoutKey(stored.here.length + stored.elsewhere.length, problems, notes)
  const sizes = new Set(checkpoints.map(({ size }) => size))
  const { roots, size: ledgerSize, goneTo } = growTree(lines, sizes, problems)
  const holding: Checkpoint[] = []
  let older = 0
  let sound = 0
  for (const checkpoint of [...checkpoints].sort((a, b) => a.size - b.size)) {
    const { size } = checkpoint
    if (size < goneTo && !roots.has(size)) older++
    else if (size > ledgerSize) {
      const message = `${String(ledgerSize)} lines are left of ${String(size)} that were signed at ${checkpoint.time}`
      problems.push({ ...placeOf(lines, lines.length), code: 'ledger-truncated', message })
    } else if (roots.get(size) !== checkpoint.root) {
      if (!problems.some(({ code }) => code === 'ledger-changed')) {
        const message = `differs from what was signed at ${checkpoint.time}, somewhere from here to line ${String(size)} of the ledger`
        problems.push({ ...placeOf(lines, indexBehind(lines, sound)), code: 'ledger-changed', message })
      }
    } else {
      holding.push(checkpoint)
      sound = size
    }
  }
  if (older > 0)
    notes.push(`${String(older)} ${older === 1 ? 'checkpoint is' : 'checkpoints are'} older than what is kept`)
  const signedTo = largestOf(holding)
  const signedThen = largestOf(holding.filter(({ time }) => Date.parse(time) <= youngestPrunedMs))
  const found = problems.length
  if (goneTo > 0) judgePruned(lines, { goneTo, signedTo, signedThen }, problems)
  const anchors = stored.elsewhere.length === 0 ? holding : holding.filter((each) => elsewhere.includes(each))
  const newest = anchors.reduce<Checkpoint | undefined>(
    (best, c) => (best === undefined || c.time > best.time ? c : best),
    undefined,
  )
  return {
    problems,
    notes,
    ledgerSize,
    signedTo,
    signedThen,
    prunedTo: problems.length === found ? goneTo : 0,
    anchoredTo: largestOf(anchors),
    ...(newest === undefined ? {} : { anchoredAt: newest.time }),
    heads: headsOf(checkpoints, lines, goneTo),
  }
}

/**
 * The tree over all lines, and its roots at those sizes at which it was signed. What stands for older lines may stand in the file that
 * takes their place only, and each of its ranges goes where it says.
 */
function growTree(
  lines: readonly LedgerEntry[],
  sizes: ReadonlySet<number>,
  problems: Problem[],
): { readonly roots: ReadonlyMap<number, string>; readonly size: number; readonly goneTo: number } {
  const tree = new Tree()
  const roots = new Map<number, string>()
  let goneTo = 0
  const look = (): void => {
    if (sizes.has(tree.size)) roots.set(tree.size, tree.root())
  }
  look()
  for (const [i, { file, value, text }] of lines.entries()) {
    if (value.kind !== 'pruned') tree.add(text)
    else if (!isPrunedFile(file) || file !== lines[0]?.file)
      problems.push({
        ...placeOf(lines, i),
        code: 'ledger-line-changed',
        message: 'stands for older lines but is not among the first',
      })
    else if (tree.addRange(value.before)) goneTo = tree.size
    else
      problems.push({
        ...placeOf(lines, i),
        code: 'ledger-line-changed',
        message: 'its compact range fits no tree, or not this place',
      })
    look()
  }
  return { roots, size: tree.size, goneTo }
}

/** Old lines may go. That they were old is proved by a checkpoint that already had them then, and that these went by a signed line. */
function judgePruned(
  lines: readonly LedgerEntry[],
  of: { readonly goneTo: number; readonly signedTo: number; readonly signedThen: number },
  problems: Problem[],
): void {
  const { goneTo, signedTo, signedThen } = of
  if (signedThen < goneTo) {
    const message = `${String(goneTo)} lines are gone, and no checkpoint proves that they were old enough`
    problems.push({ ...placeOf(lines, 0), code: 'pruned-early', message })
  }
  const file = lines[0]?.file ?? ''
  const hash = sha256(prunedText(lines.filter((line) => line.file === file)))
  let size = 0
  const isSaid = lines.some(({ value }) => {
    size = value.kind === 'pruned' ? value.before.size : size + 1
    return value.kind === 'pruning' && value.file === file && value.sha256 === hash && size <= signedTo
  })
  if (isSaid) return
  const message = 'no signed line says that this takes the place of what is gone'
  problems.push({ ...placeOf(lines, 0), code: 'pruned-otherwise', message })
}

/** Without those of segments that have gone with their lines. */
function headsOf(
  checkpoints: readonly Checkpoint[],
  lines: readonly LedgerEntry[],
  goneTo: number,
): readonly OpenHead[] {
  const told = new Set<string>()
  for (const { value } of lines) {
    if ('segment' in value && value.kind !== 'expired') told.add(value.segment)
    if (value.kind === 'opened' && value.previous !== undefined) told.add(value.previous.segment)
  }
  return checkpoints.flatMap(({ size, open }) =>
    size <= goneTo ? open.filter(({ segment }) => told.has(segment)) : open,
  )
}

const largestOf = (checkpoints: readonly Checkpoint[]): number => Math.max(0, ...checkpoints.map(({ size }) => size))

/** Of the first line behind so many lines, those that are gone included. */
function indexBehind(lines: readonly LedgerEntry[], size: number): number {
  let before = 0
  for (const [i, { value }] of lines.entries()) {
    if (before >= size && value.kind !== 'pruned') return i
    before = value.kind === 'pruned' ? value.before.size : before + 1
  }
  return lines.length
}

function checkLines(ledger: Ledger, problems: Problem[], notes: string[]): void {
  for (const [i, entry] of ledger.lines.entries()) {
    if (!isLineWhole(entry.text))
      problems.push({
        ...placeOf(ledger.lines, i),
        code: 'ledger-line-changed',
        message: 'the line differs from its hash',
      })
  }
  for (const { file, line, index, cut } of ledger.torn) {
    if (cut) notes.push(`ledger/${file}, line ${String(line)}: cut short by a crash`)
    else
      problems.push({
        segment: `ledger/${file}`,
        seq: index,
        line,
        code: 'ledger-line-changed',
        message: 'the line was whole and is no longer readable',
      })
  }
}

function judgeWithoutKey(checkpoints: number, problems: Problem[], notes: string[]): void {
  if (checkpoints === 0) notes.push('no checkpoint was ever made: nothing vouches for the log but itself')
  else {
    const message = 'there are checkpoints, and no key to prove them'
    problems.push({ segment: 'key.pub', seq: 0, line: 1, code: 'key-missing', message })
  }
}

function openAll(stored: readonly StoredNote[], verifier: VerifierKey | undefined, problems: Problem[]): Checkpoint[] {
  if (verifier === undefined) return []
  return stored.flatMap(({ name, note }) => {
    const text = openNote(note, verifier)
    const checkpoint = text === undefined ? undefined : parseCheckpoint(text)
    if (checkpoint?.origin === verifier.name) return [checkpoint]
    problems.push({
      segment: `checkpoints/${name}`,
      seq: 0,
      line: 1,
      code: 'checkpoint-invalid',
      message: 'it was not signed with the key of this log',
    })
    return []
  })
}

function placeOf(
  lines: readonly LedgerEntry[],
  index: number,
): { readonly segment: string; readonly seq: number; readonly line: number } {
  const entry = lines[index]
  if (entry !== undefined) return { segment: `ledger/${entry.file}`, seq: index, line: entry.line }
  const last = lines.at(-1)
  return { segment: last === undefined ? 'ledger' : `ledger/${last.file}`, seq: index, line: (last?.line ?? 0) + 1 }
}
