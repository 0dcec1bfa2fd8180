/** Walks a run that is ready, with whoever is there, and prints what happens and what comes next. */
import type { Context, Globals } from '../command.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import type { Procedure } from './procedure.ts'
import type { Session } from './session.ts'
import { Progress } from '../render/progress.ts'
import { headLine } from '../render/screen.ts'
import { needLines } from '../render/needs.ts'
import { styleOf, toned } from '../render/style.ts'
import { bootId } from '../../killswitch/gate.ts'
import { readInForce } from '../../killswitch/standing.ts'
import type { GraphId } from '../../model/graph.ts'
import type { Need } from '../../model/journal.ts'
import { type InForce, wordsFor } from '../../model/standing.ts'
import { nodeAt } from '../../walk/place.ts'
import type { People, Ports, WalkEvent } from '../../walk/ports.ts'
import type { Ready } from '../../walk/run.ts'
import { isGraphId } from '../../walk/scope.ts'
import { gatesResult, monitorsResult, runbookResult, treeResult } from '../../walk/result.ts'
import type { Shown } from '../../walk/shown.ts'
import { walk, type RunInProgress, type WalkResult } from '../../walk/walk.ts'

/** How a walk is told: lines for people as they happen, one JSON document at its end, or a stream of records. */
export type Tell = 'lines' | 'json' | 'ndjson'
export const tellOf = ({ json, output }: Globals): Tell => (json ? 'json' : (output ?? 'lines'))

export interface WalkOptions {
  readonly people: People
  /** Waits this short keep the process. */
  readonly stayMs: number
  readonly tell: Tell
  /** The desk is a throwaway copy and is called so: nobody must think that theirs was halted, or traded again. */
  readonly isCopy?: boolean
  /** Sees everything that happens, whatever is told. */
  readonly observe?: (event: WalkEvent) => void
  /** What walks: forwards, unless the run is being undone. */
  readonly how?: (run: RunInProgress, ports: Ports) => Promise<WalkResult>
}
/** A held wait longer than this parks; shorter ones are not worth ending the process for. */
export const longestStayMs = 10 * 60_000

export async function walkReady(
  ready: Ready,
  session: Session,
  context: Context,
  options: WalkOptions,
): Promise<WalkResult> {
  const { io, deps } = context
  const style = styleOf(io)
  const titleOf = (path: string): string => {
    const { graph, node } = nodeAt(path)
    return (isGraphId(graph) ? ready.run.graphs.get(graph)?.nodes.get(node)?.title : undefined) ?? ''
  }
  const progress = new Progress(io.columns, style, titleOf)
  const say = (lines: readonly string[]): void => {
    if (options.tell === 'lines') for (const line of lines) io.out(`${line}\n`)
  }
  const before = readInForce(session.desk.stateDir, bootId())
  const name = options.isCopy === true ? `${session.desk.name} (copy)` : session.desk.name
  say(openingLines(ready, name, before, context))
  const stream = (line: Output<'ndjson-line'>): void => {
    if (options.tell === 'ndjson') printJson(io, 'ndjson-line', line)
  }
  stream({ type: 'version', schema: 1 })
  const spinner =
    io.canPrompt && options.tell === 'lines' && !context.globals.plain
      ? (await import('../render/spinner.ts')).spinnerAt(context)
      : undefined
  const invoke =
    (deps.env['DESK_DEBUG'] ?? '') === ''
      ? session.adapter
      : (await import('../diagnostics.ts')).withDiagnostics(session.adapter, () => performance.now())
  try {
    const result = await (options.how ?? walk)(ready.run, {
      clock: session.clock,
      journal: ready.journal,
      invoke,
      gates: session.gates,
      evidence: session.evidence,
      people: options.people,
      observe: (event) => {
        options.observe?.(event)
        if (options.tell === 'lines') {
          // Monitors are told at the end, those that fire alone.
          const isTold = event.kind === 'sleeping' || !isA('monitors', ready.run.root)
          const lines = isTold ? progress.lines(event) : []
          if (lines.length > 0) spinner?.stop()
          say(lines)
        }
        if (event.kind === 'recorded') stream({ type: 'record', run: ready.run.id, record: event.record })
        spinner?.observe(event)
      },
      interrupted: deps.interrupted,
      heartbeatMs: session.heartbeatMs,
      stayMs: options.stayMs,
    })
    const [from, to] = [before, readInForce(session.desk.stateDir, bootId())].map(wordsFor)
    if (to !== undefined && to !== from) say(['', `${name} is now ${toned(style, to)}`])
    return result
  } finally {
    spinner?.stop()
    ready.release()
  }
}

function openingLines(ready: Ready, desk: string, standing: InForce, { io }: Context): readonly string[] {
  const look = {
    desk,
    standing,
    width: io.columns,
    style: styleOf(io),
  }
  const title = ready.run.graphs.get(ready.run.root)?.title ?? ready.run.root
  return [
    headLine(look, ready.run.id),
    title,
    ...ready.displaced.map((run) => `aborted ${run}: it held what this run needs`),
    ...ready.differs.map(
      (id) =>
        `${id} has changed since this run was opened; the run goes on with its own (desk run show ${ready.run.id})`,
    ),
  ]
}

/** The run's end in one line; what it waits for goes to stderr with what to type. */
export function closingLines(
  result: WalkResult,
  { id: run, graphs }: Pick<RunInProgress, 'id' | 'graphs'>,
  io: Pick<Context['io'], 'canPrompt' | 'columns'>,
  isKept: boolean,
): { readonly out: readonly string[]; readonly err: readonly string[] } {
  if (result.kind === 'closed') {
    const reason = result.reason === undefined ? '' : `: ${result.reason}`
    const words = wordsOf(result.outcome)
    const next = words === 'succeeded' || !isKept ? [] : [`  next: desk run show ${run}`]
    return { out: ['', `${run}  ${words}${reason}`], err: next }
  }
  const parked = result.signal === undefined ? 'waiting' : `parked by ${result.signal}`
  const needs = needLines(result.needs, run, io, isKept)
  return {
    out: [...offered(result.needs, graphs), '', `${run}  ${parked}`],
    err: needs.length === 0 && isKept ? [`  next: desk run continue ${run}`] : needs,
  }
}

/** What `--act` would do: nobody should have to agree to a leaf by its name. */
function offered(needs: readonly Need[], graphs: RunInProgress['graphs']): readonly string[] {
  return needs.flatMap((need) => {
    const { graph, node } = nodeAt(need.at.path)
    const nodes = isGraphId(graph) ? graphs.get(graph)?.nodes : undefined
    const leaf = nodes?.get(node)
    if (need.kind !== 'act' || leaf?.kind !== 'leaf') return []
    return leaf.do.map((step) => `  offers        ${nodes?.get(step)?.title ?? step}`)
  })
}

const wordsOf = (outcome: string): string =>
  outcome === 'ok' || outcome === 'skipped' || outcome === 'waived' ? 'succeeded' : outcome

/** What a set of gates is told with beside the run. */
export type GatesShown = Pick<Procedure, 'windows' | 'earlier' | 'only' | 'waivers'>

/** The one JSON document of the contract for whatever was walked. */
export function resultOf(
  shown: Shown,
  { windows = new Map(), earlier, only, waivers }: GatesShown = {},
): Output<Walked> {
  if (isA('tree', shown.root)) return treeResult(shown)
  if (isA('monitors', shown.root)) return monitorsResult(shown)
  return isA('gates', shown.root) ? gatesResult(shown, windows, earlier, only, waivers) : runbookResult(shown)
}
type Walked = 'tree' | 'runbook' | 'gates' | 'monitors'

export function printResult(io: Context['io'], { root }: Pick<Shown, 'root'>, result: Output<Walked>): void {
  // An incident is told as a runbook is.
  printJson(io, (['tree', 'gates', 'monitors'] as const).find((kind) => isA(kind, root)) ?? 'runbook', result)
}

const isA = (kind: string, root: GraphId): boolean => root.startsWith(`${kind}/`)
