/** `desk gates` without a cadence: every set, what of it is due now or overdue, and what came of it last. */
import type { Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { entriesOf, type Library, loadLibrary, warnAboutOthers } from '../library.ts'
import { cut, table } from '../render/layout.ts'
import { moment } from '../render/moment.ts'
import { styleOf } from '../render/style.ts'
import { lastRuns, runsOf } from '../told-runs.ts'
import { dueOf } from '../walking/gate-windows.ts'
import { whichDesk } from '../which-desk.ts'
import { lastWords } from './rows.ts'
import type { Graph } from '../../model/graph.ts'

type ListedSet = NonNullable<Output<'procedures'>['gates']>[number]
type ListedGate = ListedSet['gates'][number]

/** More than these would push the sets off the screen; each set's own run tells the rest. */
const mostTold = 8

export async function listGates(context: Context): Promise<void> {
  const { io, globals } = context
  const sets = await readAll(context)
  if (globals.json) {
    printJson(io, 'procedures', { schema: 1, gates: sets })
    return
  }
  const style = styleOf(io)
  const head = ['set', 'gates', 'now', 'last run']
  const cells = sets.map((set) => [set.id, String(set.gates.length), nowWords(set), lastWords(set.last)])
  const [first = '', ...lines] = table([head, ...cells], io.columns)
  io.out(`${style.bold(first)}\n`)
  for (const line of lines) io.out(`${line}\n`)
  // Besides the sets: a heading, two blank lines, how many more there are, the next commands, what was typed, the prompt.
  const told = io.rows === undefined ? mostTold : Math.max(1, io.rows - sets.length - 8)
  for (const line of waitingLines(sets, io.columns, told)) io.out(`${line}\n`)
  io.out(`\nnext: ${hintFor(sets)}\n      desk show <set>    reads one first\n`)
}

const hintFor = (sets: readonly ListedSet[]): string => {
  const urgent = sets.filter(({ gates }) => gates.some(isWaiting))
  const [only] = urgent
  return only === undefined
    ? 'desk gates <set>'
    : urgent.length === 1
      ? `desk gates ${only.id}`
      : 'desk gates --due   walks all that is due'
}

const isWaiting = ({ state }: ListedGate): boolean => state === 'due' || state === 'overdue'

function nowWords({ cadence, gates }: ListedSet): string {
  if (cadence === undefined) return 'cannot be read: desk lint'
  const count = (state: ListedGate['state']): number => gates.filter((gate) => gate.state === state).length
  const told = (['overdue', 'due', 'missed'] as const).flatMap((state) =>
    count(state) === 0 ? [] : [`${String(count(state))} ${state}`],
  )
  if (told.length > 0) return told.join(', ')
  if (count('at-launch') > 0) return 'before a launch'
  const next = gates
    .filter(({ state }) => state === 'pending')
    .map(({ window }) => window.from)
    .sort((a, b) => Date.parse(a) - Date.parse(b))[0]
  if (next !== undefined) return `${count('passed') > 0 ? 'passed, next' : 'next'} ${moment(next)}`
  return gates.length > 0 && count('passed') === gates.length ? 'passed' : 'nothing due'
}

/** Of what is overdue the day will do, and leaves room for what it is about. */
const whenWords = ({ state, window: { to } }: ListedGate): string =>
  state === 'overdue' ? `overdue since ${moment(to).slice(0, 10)}` : `due until ${moment(to)}`

function waitingLines(sets: readonly ListedSet[], width: number, most: number): readonly string[] {
  const all = sets.flatMap(({ id, gates }) => gates.filter(isWaiting).map((gate) => ({ set: id, gate })))
  if (all.length === 0) return []
  const urgent = [...all].sort((a, b) => Number(b.gate.state === 'overdue') - Number(a.gate.state === 'overdue'))
  const rows = urgent.slice(0, most).map(({ set, gate }) => [set, gate.id, whenWords(gate), gate.title])
  const rest = all.length - rows.length
  return ['', ...table(rows, width), ...(rest > 0 ? [cut(`  and ${String(rest)} more`, width)] : [])]
}

async function readAll(context: Context): Promise<readonly ListedSet[]> {
  const desk = whichDesk(context)
  const library = await loadLibrary(desk, context)
  warnAboutOthers(library, new Set(), context)
  const last = lastRuns(runsOf(desk.stateDir))
  const nowMs = context.deps.now().getTime()
  return entriesOf(library, 'gates').map(({ id, title, graph: key, cadence }) => {
    const graph = library.graphs.get(key)
    const latest = last.get(key)
    return {
      id,
      title,
      ...(cadence === undefined ? {} : { cadence }),
      gates: graph === undefined ? [] : gatesNow(graph, library, desk.stateDir, nowMs),
      ...(latest === undefined ? {} : { last: latest }),
    }
  })
}

function gatesNow(graph: Graph, library: Library, stateDir: string, nowMs: number): readonly ListedGate[] {
  const { windows, earlier } = dueOf({ graph, library }, stateDir, nowMs)
  return [...windows].map(([id, window]) => {
    const { phase, from, to, marketTime } = window
    const state =
      earlier.get(id)?.status === 'pass'
        ? 'passed'
        : graph.cadence?.name === 'pre-launch'
          ? 'at-launch'
          : phase === 'over'
            ? marketTime
              ? 'missed'
              : 'overdue'
            : phase
    return { id, title: graph.nodes.get(id)?.title ?? id, state, window: { from, to } }
  })
}
