/** A cheap look for `desk status`: sizes only, no content. `desk audit verify` is what proves something. */
import { readdirSync, statSync } from 'node:fs'
import { isErrno } from './failure.ts'
import { checkpointsDir, ledgerDir, parseSegmentName, segmentPath, segmentsDir } from './layout.ts'
import { readLedger, type Ledger } from './ledger-read.ts'

export interface Health {
  readonly ok: boolean
  /** One sentence each. */
  readonly problems: readonly string[]
}

/**
 * Ok: the ledger can be read, no history is missing from it, and every ended segment has exactly the size that it ended with. Never
 * throws.
 */
export function quickCheck(stateDir: string): Health {
  let ledger: Ledger
  try {
    ledger = readLedger(stateDir)
  } catch (error) {
    return {
      ok: false,
      problems: [`the ledger cannot be read: ${error instanceof Error ? error.message : String(error)}`],
    }
  }
  const expired = new Set<string>()
  const sizes = new Map<string, number>()
  for (const { value } of ledger.lines) {
    if (value.kind === 'expired') expired.add(value.segment)
    if (value.kind === 'closed' || value.kind === 'parked' || value.kind === 'sealed')
      sizes.set(value.segment, value.bytes + value.torn)
  }
  const problems = ledger.torn
    .filter((line) => !line.cut)
    .map(({ file, line }) => `ledger/${file}, line ${String(line)} was changed`)
  problems.push(...missingHistory(stateDir, sizeOfLedger(ledger)))
  problems.push(
    ...sizeProblems(
      stateDir,
      [...sizes].filter(([segment]) => !expired.has(segment)),
    ),
  )
  return { ok: problems.length === 0, problems }
}

/** Of segments with the size that they ended with. */
export function sizeProblems(
  stateDir: string,
  sizes: readonly (readonly [segment: string, bytes: number])[],
): string[] {
  return sizes.flatMap(([segment, size]) => {
    if (parseSegmentName(segment) === undefined) return []
    const found = sizeOf(segmentPath(stateDir, segment))
    if (found === size) return []
    const now = typeof found === 'number' ? `it has ${String(found)}` : found
    return [`${segment} ended with ${String(size)} bytes; ${now}`]
  })
}

/** The same for a log of which nothing has been read yet. */
export const missingHistoryOf = (stateDir: string): readonly string[] =>
  missingHistory(stateDir, sizeOfLedger(readLedger(stateDir)))

/** The log was signed, and nothing of its ledger is left. A few names and sizes, so that every command can ask. */
export function isLedgerEmptied(stateDir: string): boolean {
  if (!namesIn(checkpointsDir(stateDir)).some((name) => /^\d+/.test(name))) return false
  const sizes = namesIn(ledgerDir(stateDir)).map((name) => sizeOf(`${ledgerDir(stateDir)}/${name}`))
  return sizes.every((size) => size === 0)
}

/** A ledger that was emptied or cut: it once held as many lines as the names of the checkpoints say. */
export function missingHistory(stateDir: string, lines: number): readonly string[] {
  const signed = Math.max(0, ...namesIn(checkpointsDir(stateDir)).map((name) => Number(/^\d+/.exec(name)?.[0] ?? 0)))
  if (lines < signed)
    return [`history missing: ${String(signed)} lines of the ledger were signed, ${String(lines)} are left`]
  const hasSegments = lines === 0 && namesIn(segmentsDir(stateDir)).length > 0
  return hasSegments ? ['history missing: the ledger is empty, and there are records'] : []
}

/** Lines that were pruned after their time count: they were signed as well. */
const sizeOfLedger = ({ lines }: Ledger): number =>
  lines.reduce((size, { value }) => (value.kind === 'pruned' ? value.before.size : size + 1), 0)

/** Empty where it cannot be read. */
export function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function sizeOf(path: string): number | string {
  try {
    return statSync(path).size
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 'it is gone'
    return error instanceof Error ? error.message : String(error)
  }
}
