/** Random graphs, a crash at every record and effect boundary: the same verdict, no `once` effect twice, nobody asked again. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Graph, GraphId, Node, NodeId } from '../../src/model/graph.ts'
import { fold } from '../../src/walk/fold.ts'
import { next } from '../../src/walk/next.ts'
import type { Ask, Reply } from '../../src/walk/ports.ts'
import type { WalkResult } from '../../src/walk/walk.ts'
import {
  action,
  approval,
  attest,
  block,
  call,
  check,
  constant,
  Crash,
  evidence,
  graph,
  leaf,
  person,
  question,
  run,
  wait,
  World,
} from './support.ts'

interface Spec {
  readonly k: string
  readonly n: number
  readonly b: boolean
  readonly kids: readonly Spec[]
}
const simple = [
  'once',
  'blind',
  'idempotent',
  'retry',
  'check',
  'within',
  'hold',
  'wait',
  'approval',
  'attest',
  'when',
  'evidence',
]
const compound = ['seq', 'all', 'par', 'call', 'question', 'person', 'go', 'act', 'pass', 'leaf', 'continue', 'needs']
const specs: fc.Arbitrary<Spec> = fc.letrec<{ spec: Spec }>((tie) => ({
  spec: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.record({ k: fc.constantFrom(...simple), n: fc.nat(99), b: fc.boolean(), kids: fc.constant([]) }),
    fc.record({
      k: fc.constantFrom(...compound),
      n: fc.nat(99),
      b: fc.boolean(),
      kids: fc.array(tie('spec'), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).spec

function build(spec: Spec): readonly Graph[] {
  const graphs: Graph[] = []
  let count = 0
  const document = (s: readonly Spec[]): GraphId => {
    const id: GraphId = `runbook/g${String(count++)}`
    const nodes: Node[] = []
    const children = s.map((kid) => node(kid, nodes))
    graphs.unshift(
      graph(
        id,
        'root',
        [...nodes, block('root', children, 'sequence', 'all')],
        s[0]?.b === true ? { records: 'done.it' } : {},
      ),
    )
    return id
  }
  const node = (s: Spec, nodes: Node[]): NodeId => {
    const id = `n${String(count++)}`
    const kids = (): NodeId[] => s.kids.map((kid) => node(kid, nodes))
    const made = make(s, id, kids, nodes)
    nodes.push(made)
    return id
  }
  const make = (s: Spec, id: string, kids: () => NodeId[], nodes: Node[]): Node => {
    const n = String(s.n)
    const once = call(`once${n}`, { effect: 'once', risk: s.b ? 'adds' : 'reduces' })
    switch (s.k) {
      case 'once':
        return action({ id, do: once, save: 'x' })
      case 'blind':
        return action({ id, do: call(`blind${n}`, { effect: 'once' }) })
      case 'idempotent':
        return action({
          id,
          do: call(`again${n}`, { effect: 'idempotent' }),
          ...(s.b ? { settle: { check: call('settle'), done: constant(s.n % 13 !== 0) } } : {}),
        })
      case 'retry':
        return action({ id, do: call(`again${n}`, { effect: 'idempotent' }), retry: { max: 2, everyMs: 1 } })
      case 'check':
        return check({ id, check: call(`read${n}`), save: 'y' })
      case 'within':
        return check({
          id,
          check: call(`late${n}`),
          mode: { kind: 'within', ms: s.n % 13 === 0 ? 50 : 1e12, everyMs: 10 },
        })
      case 'hold':
        return check({
          id,
          check: call(`read${n}`),
          mode: { kind: 'hold', duration: { unit: 'ms', n: 30 }, everyMs: 10, maxGapMs: 25 },
        })
      case 'wait':
        return wait({ id })
      case 'approval':
        return approval({ id, count: 2 })
      case 'attest':
        return attest({ id, save: 'z' })
      case 'when':
        return attest({ id, when: constant(s.n % 2 === 0) })
      case 'evidence':
        return evidence({ id, event: `event${n}` })
      case 'seq':
        return block(id, kids())
      case 'all':
        return block(id, kids(), 'sequence', 'all')
      case 'par':
        return block(id, kids(), 'parallel', 'all')
      case 'call':
        return run({ id, graph: document(s.kids) })
      case 'question':
      case 'person':
      case 'needs': {
        const [yes, ...others] = kids()
        const no = others[0] ?? yes!
        const probe = s.k === 'person' ? {} : { probe: { check: call(`read${n}`), answer: constant('yes') } }
        const needs = { answer: 'yes', check: call(`read${String(s.n + 1)}`), holds: constant(s.b), otherwise: 'no' }
        const who = s.k === 'question' ? 'probe-or-person' : 'person'
        const to = new Map([
          ['yes', yes!],
          ['no', no],
        ])
        return question({ id, to, unsure: no, who, ...probe, ...(s.k === 'needs' ? { needs } : {}) })
      }
      case 'go':
        return check({ id, check: call('read13'), onFail: { kind: 'go', graph: document(s.kids), inputs: {} } })
      case 'act':
        return check({ id, check: call('read13'), onFail: { kind: 'act', nodes: kids() } })
      case 'pass':
        return check({ id, check: call('read1'), onPass: kids() })
      case 'continue':
        nodes.push({ ...check({ id: `${id}c`, check: call(`read${n}`) }), onFail: { kind: 'continue' } })
        return block(id, [`${id}c`, ...kids()])
      default:
        return leaf({ id, do: kids(), then: s.b ? [document([{ k: 'check', n: 1, b: false, kids: [] }])] : [] })
    }
  }
  document([spec])
  return graphs
}

const isBad = (name: string): boolean => Number(/\d+/.exec(name)?.[0] ?? 1) % 13 === 0

interface Ended {
  readonly outcome: string
  readonly boundaries: number
  readonly crashes: number
  readonly twice: readonly string[]
  readonly parks: number
}

async function live(graphs: readonly Graph[], crashes: ReadonlySet<number>): Promise<Ended> {
  const world = new World(graphs)
  const reads = new Map<string, number>()
  let boundaries = 0
  let crashed = 0
  let dead = false
  world.boundary = () => {
    if (!dead && crashes.has(boundaries++)) {
      crashed++
      dead = true
    }
    if (dead) throw new Crash('crash')
  }
  world.onRead = ({ method }) => {
    const count = (reads.get(method) ?? 0) + 1
    reads.set(method, count)
    if (method.startsWith('late')) return { ok: !isBad(method) && count > 2 }
    return { ok: !isBad(method) }
  }
  world.onAct = ({ method }) => (isBad(method) ? { kind: 'failed', reason: 'no', source: 'test' } : { ok: true })
  const truth = world.onLookup
  world.onLookup = (c) =>
    c.method.startsWith('blind') ? { kind: 'cannot-tell', reason: 'it keeps no keys' } : truth(c)
  world.find = (event) => ({ kind: 'found', status: isBad(event) ? 'fail' : 'pass', at: world.time(), source: 'audit' })
  world.decisions = (at) => {
    const offers = fold(world.records).entries.get(at.path)?.entered?.offers ?? ''
    return ['oncall', 'risk', 'halt'].map((id) => ({ kind: 'approved', by: person(id), offers, ref: id }))
  }
  world.reply = (ask) => answerOnce(ask, world)
  for (let parks = 0; parks < 1000; parks++) {
    dead = false
    let result: WalkResult
    try {
      result = await world.walk()
    } catch (error) {
      if (!(error instanceof Crash)) throw error
      continue
    }
    if (result.kind === 'closed') {
      const twice = [...world.done.values()].filter(({ name, count }) => !name.startsWith('again') && count > 1)
      return { outcome: result.outcome, boundaries, crashes: crashed, twice: twice.map(({ name }) => name), parks }
    }
    if (world.parkedUntil === undefined) throw new Error(`parked without end: ${JSON.stringify(result.needs)}`)
    world.nowMs = Math.max(world.nowMs, Date.parse(world.parkedUntil))
  }
  throw new Error('did not end')
}

/** Nobody is asked what the records already tell. */
function answerOnce(ask: Ask, world: World): Reply {
  const { need } = ask
  const by = person('oncall')
  const entry = fold(world.records).entries.get(need.at.path)
  if (entry?.answer !== undefined || entry?.leaf !== undefined) throw new Error(`asked again: ${need.at.path}`)
  switch (ask.kind) {
    case 'answer':
      return ask.node.who === 'person' ? { kind: 'answer', answer: 'yes', by } : { kind: 'nobody' }
    case 'attest':
      return { kind: 'attested', by, reason: 'I looked' }
    case 'act':
      return { kind: 'taken', by }
    case 'settle': {
      const { key } = ask.attempt
      return { kind: 'settled', as: world.done.has(key) ? 'ok' : 'not-done', by }
    }
    case 'confirm':
      return { kind: 'confirmed', by }
    case 'approval':
      return { kind: 'nobody' }
  }
}

describe('a crash at every boundary', () => {
  test('changes no verdict, repeats no effect and asks nobody again', { timeout: 60_000 }, async () => {
    let walked = 0
    let crashes = 0
    await fc.assert(
      fc.asyncProperty(specs, async (spec) => {
        const graphs = build(spec)
        const clean = await live(graphs, new Set())
        expect(clean.twice).toEqual([])
        if (clean.boundaries > 120) return
        for (let at = 0; at < clean.boundaries; at++) {
          const crashed = await live(graphs, new Set([at, at + 5, at + 17]))
          expect({ at, outcome: crashed.outcome, twice: crashed.twice }).toEqual({
            at,
            outcome: clean.outcome,
            twice: [],
          })
          crashes += crashed.crashes
        }
        walked++
      }),
      { numRuns: 500 },
    )
    expect(walked).toBeGreaterThan(400)
    expect(crashes).toBeGreaterThan(5000)
  })

  test('W1: folding record by record and folding anew come to the same next step', async () => {
    await fc.assert(
      fc.asyncProperty(specs, async (spec) => {
        const graphs = build(spec)
        const world = new World(graphs)
        world.reply = (ask) => answerOnce(ask, world)
        const { state } = await world.walk()
        expect(fold(world.records).entries.size).toBe(state.entries.size)
        const { now: _now, ...clock } = world.ports().clock
        const at = {
          graphs: new Map(graphs.map((g) => [g.id, g])),
          run: { id: 'run-1', config: world.config, closedSession: () => '2026-11-19' },
          root: world.root,
          nowMs: world.nowMs,
          paper: true,
          ...clock,
        }
        expect(JSON.stringify(next(at, fold(world.records)))).toBe(JSON.stringify(next(at, state)))
      }),
      { numRuns: 100 },
    )
  })
})
