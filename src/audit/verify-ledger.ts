/** Whether the ledger is what it was: each line by its own hash, all of them by the roots that checkpoints signed. */
import type { SegmentProblem as Problem } from './segment-read.ts'
import { emptyTree, parseCheckpoint, type Checkpoint, type OpenHead, type StoredNote } from './checkpoint.ts'
import { isLineWhole } from './ledger.ts'
import type { Ledger, LedgerEntry } from './ledger-read.ts'
import { openNote, type VerifierKey } from './note.ts'
import { isCompactRange } from './tree.ts'

export interface LedgerVerdict {
  readonly problems: readonly Problem[]
  readonly notes: readonly string[]
  /** All lines ever, those of pruned files included. */
  readonly ledgerSize: number
  /** So many lines are signed by checkpoints that hold, wherever they lie. */
  readonly signedTo: number
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
  const start = checkStart(lines, problems)
  checkLines(ledger, problems, notes)
  const elsewhere = openAll(stored.elsewhere, verifier, problems)
  const checkpoints = [...openAll(stored.here, verifier, problems), ...elsewhere]
  if (verifier === undefined) judgeWithoutKey(stored.here.length + stored.elsewhere.length, problems, notes)
  const sizes = new Set(checkpoints.map(({ size }) => size))
  const roots = new Map<number, string>()
  const tree = start.usable ? emptyTree(lines) : emptyTree([])
  if (sizes.has(tree.size)) roots.set(tree.size, tree.root())
  const leaves = lines.filter(({ value }) => value.kind !== 'pruned')
  for (const { text } of leaves) {
    tree.add(text)
    if (sizes.has(tree.size)) roots.set(tree.size, tree.root())
  }
  const holding: Checkpoint[] = []
  let older = 0
  let sound = start.size
  for (const checkpoint of [...checkpoints].sort((a, b) => a.size - b.size)) {
    const { size } = checkpoint
    if (size < start.size) older++
    else if (size > tree.size) {
      const message = `${String(tree.size)} lines are left of ${String(size)} that were signed at ${checkpoint.time}`
      problems.push({ ...placeOf(leaves, leaves.length), code: 'ledger-truncated', message })
    } else if (roots.get(size) !== checkpoint.root) {
      if (!problems.some(({ code }) => code === 'ledger-changed')) {
        const message = `differs from what was signed at ${checkpoint.time}, somewhere from here to line ${String(size)} of the ledger`
        problems.push({ ...placeOf(leaves, sound - start.size), code: 'ledger-changed', message })
      }
    } else {
      holding.push(checkpoint)
      sound = size
    }
  }
  if (older > 0)
    notes.push(`${String(older)} ${older === 1 ? 'checkpoint is' : 'checkpoints are'} older than what is kept`)
  // Old lines may go; that they were old must be proved by a checkpoint that already had them then.
  if (start.size > 0 && !holding.some(({ time }) => Date.parse(time) <= youngestPrunedMs)) {
    const message = `${String(start.size)} lines are gone, and no checkpoint proves that they were old enough`
    problems.push({ ...placeOf(lines, 0), code: 'pruned-early', message })
  }
  const anchors = stored.elsewhere.length === 0 ? holding : holding.filter((each) => elsewhere.includes(each))
  const newest = anchors.reduce<Checkpoint | undefined>(
    (best, c) => (best === undefined || c.time > best.time ? c : best),
    undefined,
  )
  return {
    problems,
    notes,
    ledgerSize: tree.size,
    signedTo: Math.max(0, ...holding.map(({ size }) => size)),
    anchoredTo: Math.max(0, ...anchors.map(({ size }) => size)),
    ...(newest === undefined ? {} : { anchoredAt: newest.time }),
    heads: checkpoints.flatMap(({ open }) => open),
  }
}

/** `size`: how many lines older files held that are gone. */
function checkStart(
  lines: readonly LedgerEntry[],
  problems: Problem[],
): { readonly size: number; readonly usable: boolean } {
  for (const [i, { value }] of lines.entries()) {
    if (value.kind === 'pruned' && i > 0)
      problems.push({
        ...placeOf(lines, i),
        code: 'ledger-line-changed',
        message: 'stands for older lines but is not the first',
      })
  }
  const first = lines[0]?.value
  if (first?.kind !== 'pruned') return { size: 0, usable: true }
  if (isCompactRange(first.before)) return { size: first.before.size, usable: true }
  problems.push({ ...placeOf(lines, 0), code: 'ledger-line-changed', message: 'its compact range fits no tree' })
  return { size: 0, usable: false }
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
