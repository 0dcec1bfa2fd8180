/**
 * What `desk status` needs of the log, in one reading of the ledger. Most lines are told by their beginning and their end; the rest of a
 * line is read only where somebody asks for its run.
 * `listRuns` and `quickCheck` read everything; `desk audit verify` proves it.
 */
import { missingHistory, namesIn, sizeProblems, type Health } from './health.ts'
import { type EvidenceLine, parseLedgerLine, type LedgerLine } from './ledger-line.ts'
import { isCut, ledgerTexts, type LedgerEntry } from './ledger-read.ts'
import { segmentsDir } from './layout.ts'
import { foldRuns, type RunSummary } from './runs.ts'
import { sketchOf, type Sketch } from './sketch.ts'

export interface Glance {
  /** Runs that have not ended, and all that the caller asked for, in the order in which they were opened. */
  readonly runs: readonly RunSummary[]
  /** What runs have announced, oldest first; `findEvidence` tells whether to believe it. */
  readonly evidence: readonly EvidenceLine[]
  /** As `quickCheck`, but of older segments only whether they are there. */
  readonly health: Health
}

/** How many of the latest ended segments are measured. */
const mostMeasured = 25

/**
 * `wants` tells by its graph, and by when it was opened, which run is asked for although it has ended: not a number where that cannot
 * be told. Throws the system's error for an unreadable ledger.
 */
export function glanceAtLog(stateDir: string, wants: (graph: string, openedMs: number) => boolean): Glance {
  const seen = new Seen()
  for (const { file, texts } of ledgerTexts(stateDir)) {
    for (let i = 0; i < texts.length; i++) {
      const text = texts[i] ?? ''
      if (text !== '') seen.add(file, i + 1, text, texts[i + 1])
    }
  }
  const runs = foldRuns(seen.linesOf(wants))
  const problems = [...seen.changed, ...missingHistory(stateDir, seen.signable), ...segmentProblems(stateDir, seen)]
  return { runs, evidence: seen.evidence, health: { ok: problems.length === 0, problems } }
}

interface Place {
  readonly file: string
  readonly line: number
  readonly text: string
}
interface Run {
  readonly places: Place[]
  segments: number
  isClosed: boolean
  graph: string
}

/** What the lines so far come to. */
class Seen {
  readonly changed: string[] = []
  readonly evidence: EvidenceLine[] = []
  /** How many lines checkpoints could have signed. */
  signable = 0
  readonly sizes = new Map<string, number>()
  readonly expired = new Set<string>()
  private readonly runs = new Map<string, Run>()

  add(file: string, line: number, text: string, next: string | undefined): void {
    const sketch = sketchOf(text)
    if (sketch !== undefined) {
      this.signable++
      this.addRun({ file, line, text }, sketch)
      if (sketch.kind === 'evidence') this.addEvidence(parseLedgerLine(text))
      if (sketch.size !== undefined) this.sizes.set(sketch.segment, sketch.size)
      return
    }
    const value = parseLedgerLine(text)
    if (value !== undefined) this.addWhole({ file, line, text }, value)
    else if (!isCut(text, next)) this.changed.push(`ledger/${file}, line ${String(line)} was changed`)
  }

  /** The lines of runs that are open or asked for, whole. */
  linesOf(wants: (graph: string, openedMs: number) => boolean): readonly LedgerEntry[] {
    return [...this.runs.values()]
      .filter((run) => !run.isClosed || wants(run.graph, momentOf(run.places[0])))
      .flatMap((run) => run.places)
      .flatMap((place) => {
        const value = parseLedgerLine(place.text)
        if (value !== undefined) return [{ ...place, value }]
        this.changed.push(`ledger/${place.file}, line ${String(place.line)} was changed`)
        return []
      })
  }

  private addWhole(place: Place, value: LedgerLine): void {
    if (value.kind === 'pruned') {
      this.signable = value.before.size
      return
    }
    this.signable++
    this.addEvidence(value)
    if (value.kind === 'expired') this.expired.add(value.segment)
    if (value.kind === 'closed' || value.kind === 'parked' || value.kind === 'sealed')
      this.sizes.set(value.segment, value.bytes + value.torn)
    if (value.kind === 'opened' || value.kind === 'closed' || value.kind === 'parked') {
      const graph = value.kind === 'opened' ? value.graph : undefined
      this.addRun(place, { kind: value.kind, segment: value.segment, ...(graph === undefined ? {} : { graph }) })
    }
  }

  private addEvidence(value: LedgerLine | undefined): void {
    if (value?.kind === 'evidence') this.evidence.push(value)
  }

  /** The same order of lines as `foldRuns` goes by. */
  private addRun(place: Place, { kind, segment, graph }: Sketch): void {
    if (kind === 'evidence' || !segment.startsWith('run-')) return
    const dot = segment.indexOf('.')
    const k = Number(segment.slice(dot + 1, segment.indexOf('.', dot + 1)))
    const id = segment.slice(0, dot)
    const known = this.runs.get(id)
    const run = known ?? { places: [], segments: k + 1, isClosed: false, graph: '' }
    if (known === undefined) this.runs.set(id, run)
    run.places.push(place)
    if (k < run.segments - 1) return
    if (graph !== undefined) run.graph = graph
    run.isClosed = kind === 'closed'
    if (kind === 'opened') run.segments = k + 1
  }
}

const momentOf = (place: Place | undefined): number =>
  Date.parse(/^\{"at":"([^"\\]*)"/.exec(place?.text ?? '')?.[1] ?? '')

function segmentProblems(stateDir: string, { sizes, expired }: Seen): readonly string[] {
  const all = [...sizes].filter(([segment]) => !expired.has(segment))
  const there = new Set(namesIn(segmentsDir(stateDir)))
  const older = all.slice(0, -mostMeasured).filter(([segment]) => !there.has(segment))
  return sizeProblems(stateDir, [...older, ...all.slice(-mostMeasured)])
}
