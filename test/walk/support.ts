/** Graphs built by hand, and a world in memory whose time moves only when everything waits. */
import type { Adapter, Call, Effected, Reading, Settlement } from '../../src/ports/adapter.ts'
import type { Env, Expr, Graph, GraphId, Invocation, Method, Node, NodeId } from '../../src/model/graph.ts'
import type { JournalRecord, Person } from '../../src/model/journal.ts'
import { startFold } from '../../src/walk/fold.ts'
import type { Ask, Permission, Ports, Reply, WalkEvent } from '../../src/walk/ports.ts'
import { isObject } from '../../src/walk/scope.ts'
import { walk, type Decide, type WalkResult } from '../../src/walk/walk.ts'

export const span = { file: 'test.yaml', start: 0, end: 0 }
export const expr = <T>(evaluate: (env: Env) => T, reads: readonly string[] = [], text = 'expression'): Expr<T> => ({
  text,
  span,
  reads,
  evaluate,
})
export const constant = <T>(value: T): Expr<T> => expr(() => value, [], JSON.stringify(value))
export const broken = expr<never>(() => {
  throw new Error('no such field')
}, [])
/** Reads a field of the result. */
export const field = (name: string): Expr<boolean> =>
  expr((env) => isObject(env['result']) && env['result'][name] === true, ['result'], `result.${name}`)

type Given = { readonly effect?: Method['effect']; readonly risk?: Method['risk']; readonly args?: Invocation['args'] }
export function call(name: string, { effect = 'none', risk = 'neutral', args = constant({}) }: Given = {}): Invocation {
  return { method: { port: 'p', name, effect, risk }, args, timeoutMs: 1000 }
}

type Loose<K extends Node['kind']> = Partial<Extract<Node, { readonly kind: K }>> & { readonly id: string }
const common = { span, onFail: { kind: 'stop' }, onPass: [], establishes: [] } as const
export const action = (node: Loose<'action'> & { readonly do: Invocation }): Node => ({
  ...common,
  kind: 'action',
  title: node.id,
  ...node,
})
export const check = (node: Loose<'check'> & { readonly check: Invocation }): Node => ({
  ...common,
  kind: 'check',
  title: node.id,
  expect: field('ok'),
  record: [],
  mode: { kind: 'once' },
  ...node,
})
export const evidence = (node: Loose<'evidence'>): Node => ({
  ...common,
  kind: 'evidence',
  title: node.id,
  event: 'reconciliation.completed',
  young: { kind: 'duration', duration: { unit: 'ms', n: 3_600_000 } },
  ...node,
})
export const attest = (node: Loose<'attest'>): Node => ({
  ...common,
  kind: 'attest',
  title: node.id,
  role: 'risk',
  ask: constant('Sure?'),
  ...node,
})
export const approval = (node: Loose<'approval'>): Node => ({
  ...common,
  kind: 'approval',
  title: node.id,
  role: 'risk',
  count: 1,
  of: [],
  expiresMs: 86_400_000,
  ...node,
})
export const wait = (node: Loose<'wait'>): Node => ({
  ...common,
  kind: 'wait',
  title: node.id,
  until: { kind: 'after', duration: { unit: 'sessions', n: 1 } },
  guardsRisk: false,
  ...node,
})
export const question = (
  node: Loose<'question'> & { readonly to: ReadonlyMap<string, NodeId>; readonly unsure: NodeId },
): Node => ({
  ...common,
  kind: 'question',
  title: node.id,
  ask: constant(`${node.id}?`),
  look: [],
  who: 'probe-or-person',
  answers: new Map(),
  ...node,
})
export const leaf = (node: Loose<'leaf'>): Node => ({
  ...common,
  kind: 'leaf',
  title: node.id,
  leaf: 'investigate',
  because: 'it is so',
  do: [],
  then: [],
  ...node,
})
export const run = (node: Loose<'call'> & { readonly graph: GraphId }): Node => ({
  ...common,
  kind: 'call',
  title: node.id,
  inputs: {},
  ...node,
})
export const block = (
  id: string,
  children: readonly NodeId[],
  order: 'sequence' | 'parallel' = 'sequence',
  judge: 'stop' | 'all' = 'stop',
): Node => ({
  ...common,
  kind: 'block',
  id,
  title: id,
  order,
  judge,
  children,
})

export function graph(id: GraphId, root: NodeId, nodes: readonly Node[], more: Partial<Graph> = {}): Graph {
  return { id, title: id, root, nodes: new Map(nodes.map((node) => [node.id, node])), inputs: [], locks: [], ...more }
}
/** A runbook whose steps run one after the other; `verify` is judged afterwards. */
export function runbook(
  nodes: readonly Node[],
  steps: readonly NodeId[],
  verify: readonly NodeId[] = [],
  more: Partial<Graph> = {},
): Graph {
  const roots = [
    block('steps', steps),
    block('verify', verify, 'sequence', 'all'),
    block('root', ['steps', 'verify'], 'sequence', 'all'),
  ]
  return graph('runbook/main', 'root', [...nodes, ...roots], more)
}

export const person = (id: string): Person => ({ id, via: 'paper' })
export class Crash extends Error {}

export const startMs = Date.parse('2026-11-20T14:00:00Z')
export const sessionMs = 86_400_000

/** Everything that outlives a process, and a script of how the world behaves. */
export class World {
  readonly records: JournalRecord[] = []
  readonly events: WalkEvent[] = []
  readonly asks: Ask[] = []
  readonly pages: string[] = []
  readonly published: string[] = []
  /** Effects that took place, by idempotency key. */
  readonly done = new Map<string, { readonly name: string; count: number }>()
  readonly calls: string[] = []
  nowMs = startMs
  /** When the windows of all gates close. */
  windowEndMs = startMs + 3_600_000
  permission: Permission | (() => Permission) = { allowed: 'all', epoch: 'grant-1' }
  heartbeatMs: number | undefined
  stayMs = 0
  config: unknown = { desk: 'paper' }
  closedAs: string | undefined
  parkedUntil: string | undefined
  fenced = false
  readonly interrupted: { controller: AbortController } = { controller: new AbortController() }

  onRead: (call: Call) => unknown = () => ({ ok: true })
  onAct: (call: Call & { readonly key: string }) => unknown = () => ({ ok: true })
  onLookup: (call: Call & { readonly key: string }) => Settlement = ({ key }) =>
    this.done.has(key)
      ? { kind: 'done', value: { ok: true }, asOf: this.time(), source: 'lookup' }
      : { kind: 'not-done', asOf: this.time(), source: 'lookup' }
  reply: (ask: Ask) => Reply | Promise<Reply> = () => ({ kind: 'nobody' })
  decisions: Ports['people']['decisions'] = () => []
  find: Ports['evidence']['find'] = () => ({ kind: 'none' })
  lock: Ports['journal']['lock'] = () => ({ kind: 'taken', record: undefined })
  /** Called at every boundary at which a process could die. */
  boundary: () => void = () => undefined

  readonly #sleepers: { readonly wakeMs: number; readonly wake: () => void }[] = []
  constructor(
    readonly graphs: readonly Graph[],
    readonly root: GraphId = graphs[0]!.id,
    inputs: Readonly<Record<string, unknown>> = {},
    more: Partial<Extract<JournalRecord, { kind: 'opened' }>> = {},
  ) {
    this.records.push({
      kind: 'opened',
      schema: 1,
      pinned: { root: this.root, documents: [] },
      inputs,
      by: person('oncall'),
      epoch: 'grant-1',
      locks: [],
      time: this.time(),
      title: 'a run',
      ...more,
    })
  }

  time(): string {
    return new Date(this.nowMs).toISOString()
  }

  /** A new process takes the run up. */
  walk(decide?: Decide): Promise<WalkResult> {
    const folding = startFold()
    for (const [seq, record] of this.records.entries()) folding.apply(record, { segment: 's', seq })
    const graphs = new Map(this.graphs.map((g) => [g.id, g]))
    return walk(
      { id: 'run-1', root: this.root, graphs, config: this.config, paper: true, folding },
      this.ports(),
      decide,
    )
  }

  of<K extends JournalRecord['kind']>(kind: K): Extract<JournalRecord, { readonly kind: K }>[] {
    return this.records.filter((r): r is Extract<JournalRecord, { readonly kind: K }> => r.kind === kind)
  }
  outcome(node: string): string | undefined {
    return this.of('outcome').findLast((r) => r.at.path.endsWith(`#${node}`))?.outcome
  }
  reason(node: string): string | undefined {
    return this.of('outcome').findLast((r) => r.at.path.endsWith(`#${node}`))?.reason
  }

  ports(): Ports {
    const adapter: Pick<Adapter, 'read' | 'act' | 'lookup'> = {
      read: (c) => Promise.resolve(this.onRead(c)).then((value) => asReading(value, this.time())),
      act: async (c) => {
        this.boundary()
        this.calls.push(c.method)
        const value = await this.onAct(c)
        if (!isObject(value) || value['kind'] === undefined || value['kind'] === 'done') {
          const seen = this.done.get(c.key) ?? { name: c.method, count: 0 }
          seen.count++
          this.done.set(c.key, seen)
        }
        this.boundary()
        return asEffected(value, this.time())
      },
      lookup: (c) => Promise.resolve(this.onLookup(c)),
    }
    return {
      invoke: adapter,
      clock: {
        now: () => new Date(this.nowMs),
        sleep: (ms, signal) => this.#sleep(ms, signal),
        deadline: (ms) => deadlineAfter(ms),
        dueMs: (d, from) => from + d.n * (d.unit === 'sessions' ? sessionMs : 1),
        nextMs: (_at, from) => from + 3_600_000,
        closedSession: (at) => new Date(at - sessionMs).toISOString().slice(0, 10),
        windowEndMs: () => this.windowEndMs,
      },
      journal: {
        append: (records) => {
          this.boundary()
          const seq = this.records.length
          // What has been on disk is not changed by what the process does with its objects.
          this.records.push(...records.map((r) => JSON.parse(JSON.stringify(r)) as JournalRecord))
          this.boundary()
          return records.map((_, i) => ({ segment: 's', seq: seq + i }))
        },
        fence: () => {
          if (this.fenced) throw new Error('fenced')
        },
        publish: ({ event, status }) => {
          this.boundary()
          this.published.push(`${event} ${status}`)
        },
        keep: () => 'sha',
        lock: (resources, g) => this.lock(resources, g),
        park: (_needs, resumeAt) => {
          this.parkedUntil = resumeAt
        },
        close: (outcome) => {
          this.closedAs = outcome
        },
      },
      gates: {
        ask: () => this.#permitted(),
        epoch: () => this.#permitted().epoch,
      },
      evidence: {
        find: (event, since) => this.find(event, since),
        windowStartMs: () => this.nowMs - 3_600_000,
      },
      people: {
        meet: async (ask) => {
          this.asks.push(ask)
          return this.reply(ask)
        },
        decisions: (at, role) => this.decisions(at, role),
        page: (text) => {
          this.pages.push(text)
        },
      },
      observe: (event) => {
        this.events.push(event)
      },
      interrupted: this.interrupted.controller.signal,
      heartbeatMs: () => this.heartbeatMs,
      stayMs: this.stayMs,
    }
  }

  #permitted(): Permission {
    return typeof this.permission === 'function' ? this.permission() : this.permission
  }

  /** Adapters here answer at once, so by the next turn of the event loop everything that can run has run. */
  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve()
        return
      }
      const wake = (): void => {
        signal?.removeEventListener('abort', wake)
        resolve()
      }
      signal?.addEventListener('abort', wake)
      this.#sleepers.push({ wakeMs: this.nowMs + ms, wake })
      setImmediate(() => {
        this.#sleepers.sort((a, b) => a.wakeMs - b.wakeMs)
        const first = this.#sleepers.shift()
        if (first === undefined) return
        this.nowMs = Math.max(this.nowMs, first.wakeMs)
        first.wake()
      })
    })
  }
}

/** Test deadlines of up to a second never strike; shorter ones strike at once, so that a hang costs no time. */
function deadlineAfter(ms: number): ReturnType<Ports['clock']['deadline']> {
  const controller = new AbortController()
  const expired =
    ms >= 1000
      ? new Promise<void>(() => undefined)
      : new Promise<void>((resolve) => {
          setImmediate(() => {
            controller.abort()
            resolve()
          })
        })
  return { expired, signal: controller.signal, cancel: () => undefined }
}

function asReading(value: unknown, asOf: string): Reading {
  if (isObject(value) && 'kind' in value) return value as unknown as Reading
  return { kind: 'value', value, asOf, source: 'test', complete: true }
}
function asEffected(value: unknown, asOf: string): Effected {
  if (isObject(value) && 'kind' in value && value['kind'] !== 'done') return value as unknown as Effected
  return { kind: 'done', value: isObject(value) && 'value' in value ? value['value'] : value, asOf, source: 'test' }
}
