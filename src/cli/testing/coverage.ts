/**
 * Which edges of a step graph the cases have taken: the answers of every question, every leaf, each step that ended well and each check
 * that did not, and the statuses of every gate. Leaves, both verdicts of a verify and the statuses of a gate are essential: a procedure
 * whose end nobody has seen fail is one that may not be able to.
 */
import type { Played } from './play.ts'
import { staleAfterMs } from '../walking/gate-windows.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { isCadence, latestWindow, nextWindow } from '../../calendar/window.ts'
import type { GateSpec, Graph, GraphId, Node, NodeId } from '../../model/graph.ts'
import { isGood } from '../../model/outcome.ts'
import { needsOf, nodeAt } from '../../walk/place.ts'
import { entryAt, type Entry, type State } from '../../walk/state.ts'

export interface Edge {
  /** E.g. `q1=yes`, `broker-down`, `healthz fails`, `D1 missed`. */
  readonly name: string
  readonly essential: boolean
}
export interface Coverage {
  readonly graph: GraphId
  readonly edges: number
  readonly taken: number
  readonly missing: readonly Edge[]
}

export function edgesOf(graph: Graph): readonly Edge[] {
  const verify = verifyOf(graph)
  const gates = new Set(graph.cadence?.gates.map(({ node }) => node))
  return [...graph.nodes.values()].flatMap((node) => {
    if (gates.has(node.id)) return gateEdges(graph, node)
    const essential = verify.has(node.id)
    switch (node.kind) {
      case 'question':
        return [...node.to.keys()].map((answer) => ({ name: `${node.id}=${answer}`, essential: false }))
      case 'leaf':
        return [{ name: node.id, essential: true }]
      case 'check':
      case 'evidence':
        return isWithin(node.id, gates) || isDerived(node.id) ? [] : [good(node.id, essential), bad(node.id, essential)]
      case 'action':
      case 'call':
      case 'wait':
      case 'approval':
      case 'attest':
        return isWithin(node.id, gates) || isDerived(node.id) ? [] : [good(node.id, essential)]
      case 'block':
        return []
    }
  })
}

const good = (id: NodeId, essential: boolean): Edge => ({ name: `${id} ends well`, essential })
const bad = (id: NodeId, essential: boolean): Edge => ({ name: `${id} fails`, essential })
/** Nodes that lowering adds, such as the wait of `after:`. */
const isDerived = (id: NodeId): boolean => id.includes('@')
const isWithin = (id: NodeId, gates: ReadonlySet<NodeId>): boolean => gates.has(id.replace(/[.@].*$/, ''))

function verifyOf(graph: Graph): ReadonlySet<NodeId> {
  const root = graph.nodes.get(graph.root)
  const isVerified = graph.id.startsWith('runbook/') || graph.severity !== undefined
  const [, verify] = isVerified && root?.kind === 'block' ? root.children : []
  const members = new Set<NodeId>(graph.monitors?.map(({ node }) => node))
  const add = (id: NodeId): void => {
    const node = graph.nodes.get(id)
    if (node?.kind === 'block') node.children.forEach(add)
    else members.add(id)
  }
  if (verify !== undefined) add(verify)
  return members
}

/** A gate is pending before its window, and missed after it where the market's time is over. */
function gateEdges(graph: Graph, node: Node): readonly Edge[] {
  const { cadence } = graph
  const gate = cadence?.gates.find((one) => one.node === node.id)
  const judged =
    node.kind === 'check' || node.kind === 'block' ? [...(canFail(graph, node) ? ['fail'] : []), 'undetermined'] : []
  const proved = node.kind === 'attest' ? ['waiting'] : node.kind === 'evidence' ? ['fail'] : judged
  const comes = node.kind === 'evidence' || (cadence !== undefined && gate !== undefined && hasPause(cadence, gate))
  return ['pass', ...proved, ...(comes ? ['pending'] : []), ...(gate?.marketTime === true ? ['missed'] : [])].map(
    (status) => ({
      ...{ name: `${node.id} ${status}`, essential: true },
    }),
  )
}

/** Any moment within the calendar's horizon, and windows enough to meet a night also where a session has many. */
const sampledFromMs = Date.UTC(2026, 0, 5)
const sampledWindows = 40

/** Whether its next window is ever what is shown: after an event before it begins, else where a window was missed for long enough. */
function hasPause({ name, calendar: id }: NonNullable<Graph['cadence']>, { due, marketTime }: GateSpec): boolean {
  const calendar = calendarOf(id)
  if (calendar === undefined || !isCadence(name)) return false
  if (name === 'event') return due.from.offsetMs > 0
  if (!marketTime || name === 'pre-launch') return false
  let window = latestWindow(calendar, name, due, sampledFromMs)
  for (let n = 0; n < sampledWindows; n++) {
    const next = nextWindow(calendar, name, due, window.fromMs)
    if (next.fromMs - window.toMs > staleAfterMs) return true
    window = next
  }
  return false
}

/** What is only put on record passes as soon as it was read. */
function canFail(graph: Graph, node: Node): boolean {
  if (node.kind === 'check') return node.expect.text !== 'true'
  return node.kind === 'block' && node.children.some((id) => canFail(graph, graph.nodes.get(id) ?? node))
}

/** Collects over all cases, also of documents that others call. */
export class Taken {
  readonly #taken = new Map<string, Set<string>>()

  add({ shown, gates }: Played): void {
    for (const [path, entry] of shown.state.entries) {
      const { graph, node: id } = nodeAt(path)
      const node = [...shown.graphs].find(([known]) => known === graph)?.[1].nodes.get(id)
      if (node === undefined || !path.endsWith(`${graph}#${id}`)) continue // evidence and undoing have places of their own
      const name = takenAt(shown.state, path, node, entry)
      if (name !== undefined) this.#put(graph, name)
    }
    for (const { id, status } of gates?.gates ?? []) this.#put(shown.root, `${id} ${status}`)
  }

  of(graph: Graph): Coverage {
    const edges = edgesOf(graph)
    const missing = edges.filter(({ name }) => this.#taken.get(graph.id)?.has(name) !== true)
    return { graph: graph.id, edges: edges.length, taken: edges.length - missing.length, missing }
  }

  #put(graph: string, name: string): void {
    const known = this.#taken.get(graph) ?? new Set()
    known.add(name)
    this.#taken.set(graph, known)
  }
}

function takenAt(state: State, path: string, node: Node, entry: Entry): string | undefined {
  if (node.kind === 'leaf') return entry.found === undefined ? undefined : node.id
  if (node.kind === 'question') {
    const { answer } = entry
    if (answer === undefined) return undefined
    const { needs } = node
    const proof = entryAt(state, needsOf(path)).samples.at(-1)
    const isOverruled = needs !== undefined && needs.answer === answer.answer && proof?.verdict !== 'ok'
    return `${node.id}=${isOverruled ? needs.otherwise : answer.answer}`
  }
  const outcome = entry.outcome?.outcome
  if (outcome === undefined || outcome === 'skipped') return undefined
  return isGood(outcome) ? `${node.id} ends well` : `${node.id} fails`
}
