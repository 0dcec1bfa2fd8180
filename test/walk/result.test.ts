import { describe, expect, test } from 'vitest'
import type { Graph } from '../../src/model/graph.ts'
import { rehearse, type RehearsalRequest } from '../../src/walk/rehearse.ts'
import { gatesResult, treeResult, type GateWindow } from '../../src/walk/result.ts'
import { exitOfOutcome } from '../../src/walk/exit.ts'
import { outcomes } from '../../src/model/outcome.ts'
import {
  action,
  attest,
  block,
  call,
  check,
  constant,
  evidence,
  expr,
  field,
  graph,
  leaf,
  person,
  question,
  run,
  runbook,
  World,
} from './support.ts'

const graphsOf = (...graphs: readonly Graph[]) => new Map(graphs.map((g) => [g.id, g]))

describe('tree --json', () => {
  const tree = graph('tree/t', 'q1', [
    question({ id: 'q1', to: new Map([['yes', 'q2'], ['no', 'down']]), unsure: 'down', probe: { check: call('look'), answer: constant('yes') } }),
    question({ id: 'q2', who: 'person', to: new Map([['yes', 'up'], ['no', 'down']]), unsure: 'down', needs: { answer: 'yes', check: call('proof'), holds: field('ok'), otherwise: 'no' } }),
    leaf({ id: 'up', leaf: 'resume' }),
    leaf({ id: 'down', leaf: 'kill-switch', title: 'It is down', do: ['down.halt'] }),
    action({ id: 'down.halt', do: call('halt', { effect: 'idempotent', risk: 'reduces' }) }),
  ]) // prettier-ignore
  test('shows the edge that was taken, who answered what, and what was done', async () => {
    const world = new World([tree])
    world.onRead = ({ method }) => ({ ok: method !== 'proof' })
    world.reply = (ask) =>
      ask.kind === 'answer'
        ? { kind: ask.node.id === 'q2' ? 'answer' : 'nobody', answer: 'yes', by: person('oncall') }
        : { kind: 'nobody' }
    const shown = (state: Awaited<ReturnType<World['walk']>>['state']) =>
      treeResult({ graphs: graphsOf(tree), root: tree.id, run: 'run-1', state })
    expect(shown((await world.walk()).state)).toMatchObject({
      schema: 1,
      run: { id: 'run-1', status: 'waiting' },
      tree: 't',
      leaf: { id: 'down', kind: 'kill-switch', title: 'It is down' },
      path: [
        { question: 'q1', answer: 'yes', by: 'probe:p.look', evidence: { source: 'test', ref: { segment: 's' } } },
        { question: 'q2', answer: 'no', overruled: 'yes', by: 'person:oncall', evidence: { observed: { ok: false } } },
      ],
      actions: [{ do: 'p.halt', status: 'offered' }],
      needs: [{ kind: 'act' }],
    })
    world.reply = () => ({ kind: 'taken', by: person('oncall') })
    expect(shown((await world.walk()).state)).toMatchObject({
      run: { status: 'succeeded' },
      actions: [{ status: 'done' }],
    })
  })
})

describe('gates --json', () => {
  const gate = (id: string, marketTime = false) =>
    ({ node: id, marketTime, due: { from: { at: 'open', offsetMs: 0 }, to: { at: 'close', offsetMs: 0 } } }) as const
  const set = graph(
    'gates/daily',
    'root',
    [
      check({ id: 'D1', check: call('good') }),
      block('D2', ['D2.a', 'D2.b'], 'sequence', 'all'),
      check({ id: 'D2.a', check: call('good') }),
      check({ id: 'D2.b', check: call('bad') }),
      evidence({ id: 'D3' }),
      attest({ id: 'D4' }),
      check({ id: 'D5', check: call('good') }),
      check({ id: 'D6', check: call('good') }),
      check({ id: 'D7', check: call('down') }),
      block('root', ['D1', 'D2', 'D3', 'D7', 'D4', 'D5', 'D6'], 'sequence', 'all'),
    ],
    {
      cadence: {
        name: 'daily',
        calendar: 'XNYS',
        gates: [gate('D1'), gate('D2'), gate('D3'), gate('D4'), gate('D5', true), gate('D6'), gate('D7')],
      },
    },
  )
  test('every status that a gate can have', async () => {
    const world = new World([set], set.id, {}, { selected: ['D1', 'D2', 'D3', 'D7', 'D4'] })
    world.onRead = ({ method }) =>
      method === 'down'
        ? { kind: 'failure', reason: 'down', source: 's', unreachable: true }
        : { ok: method === 'good' }
    const { state } = await world.walk()
    const windows = new Map<string, GateWindow>(
      ['D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'D7'].map((id) => [
        id,
        { from: 'f', to: 't', phase: id === 'D5' ? 'over' : id === 'D6' ? 'pending' : 'due' },
      ]),
    )
    const shown = { graphs: graphsOf(set), root: set.id, run: 'run-1', state }
    const result = gatesResult(shown, windows)
    expect(Object.fromEntries(result.gates.map((g) => [g.id, g.status]))).toEqual({
      ...{ D1: 'pass', D2: 'fail', D3: 'pending', D4: 'waiting', D5: 'missed', D6: 'pending', D7: 'undetermined' },
    })
    expect(result.complete).toBe(false)
    expect(result.gates.find((g) => g.id === 'D2')?.evidence?.observed).toEqual({ ok: false })
    expect(result.gates.find((g) => g.id === 'D7')?.reason).toBe('down')
    const earlier = { id: 'D6', title: 'D6', status: 'pass', window: { from: 'f', to: 't' } } as const
    expect(gatesResult(shown, windows, new Map([['D6', earlier]])).gates.find((g) => g.id === 'D6')?.status).toBe(
      'pass',
    )
  })
})

describe('the dry run', () => {
  const callee = graph(
    'runbook/callee',
    'x',
    [
      action({
        id: 'x',
        do: call('inner', { effect: 'once', args: expr((env) => ({ a: (env['inputs'] as { a: string }).a })) }),
      }),
    ],
    {
      inputs: [{ name: 'a', type: 'string', required: true }],
    },
  )
  const one = runbook(
    [
      check({ id: 'before', check: call('before'), save: 'prior' }),
      action({
        id: 'go',
        do: call('go', { effect: 'once', args: expr((env) => ({ to: env['prior'] }), ['prior']) }),
        save: 'made',
      }),
      check({ id: 'after', check: call('after') }),
      check({ id: 'unknown', check: call('needs', { args: expr((env) => ({ id: env['made'] }), ['made']) }) }),
      run({ id: 'r', graph: callee.id, inputs: { a: constant('b') } }),
      attest({ id: 'ask' }),
      check({ id: 'skipped', check: call('never'), when: constant(false) }),
    ],
    ['before', 'go', 'r', 'ask', 'skipped'],
    ['after', 'unknown'],
  )
  const request = (more: Partial<RehearsalRequest> = {}): RehearsalRequest => ({
    ...{
      graphs: graphsOf(one, callee),
      root: one.id,
      inputs: {},
      config: {},
      paper: true,
      offline: false,
      answers: new Map<string, string>(),
    },
    ...more,
  })
  test('lists every step with arguments, reads what it can and changes nothing', async () => {
    const world = new World([one, callee])
    const reads: string[] = []
    world.onRead = ({ method }) => {
      reads.push(method)
      return { ok: method !== 'after' }
    }
    const { steps, exit } = await rehearse(request(), world.ports())
    expect(steps.map((s) => [s.id, s.status, s.args])).toEqual([
      ['before', 'passed', {}],
      ['go', 'planned', { to: { ok: true } }],
      ['r', 'planned', undefined],
      ['x', 'planned', { a: 'b' }],
      ['ask', 'planned', undefined],
      ['skipped', 'skipped', undefined],
      ['after', 'planned', {}],
      ['unknown', 'planned', undefined],
    ])
    expect(exit).toBe(0)
    expect(reads).toEqual(['before', 'after'])
    expect([world.calls, world.records.length, world.published, world.asks]).toEqual([[], 1, [], []])
  })
  test.each([
    ['a check already fails', { ok: false }, 1],
    ['one cannot be read', { kind: 'failure', reason: 'down', source: 's', unreachable: true }, 2],
  ])('%s', async (_name, reading, exit) => {
    const world = new World([one, callee])
    world.onRead = ({ method }) => (method === 'before' ? reading : { ok: true })
    expect(await rehearse(request(), world.ports())).toMatchObject({ exit })
  })
  test('offline nothing is called at all', async () => {
    const world = new World([one, callee])
    world.onRead = () => {
      throw new Error('called')
    }
    const { steps, exit } = await rehearse(request({ offline: true }), world.ports())
    expect(exit).toBe(0)
    expect(steps[0]).toMatchObject({ status: 'planned', reason: 'not read: offline' })
  })
  test('a tree is followed as far as probes and given answers lead', async () => {
    const tree = graph('tree/t', 'q1', [
      question({ id: 'q1', to: new Map([['yes', 'q2'], ['no', 'b']]), unsure: 'b', probe: { check: call('look'), answer: constant('yes') } }),
      question({ id: 'q2', who: 'person', to: new Map([['yes', 'a'], ['no', 'b']]), unsure: 'b' }),
      leaf({ id: 'a' }),
      leaf({ id: 'b' }),
    ]) // prettier-ignore
    const world = new World([tree])
    const of = { graphs: graphsOf(tree), root: tree.id }
    expect((await rehearse(request(of), world.ports())).steps.map((s) => [s.id, s.status])).toEqual([
      ['q1', 'planned'],
      ['q2', 'waiting'],
    ])
    const answered = await rehearse(request({ ...of, answers: new Map([['q2', 'yes']]) }), world.ports())
    expect(answered.steps.map((s) => s.id)).toEqual(['q1', 'q2', 'a'])
  })
})

test('exit codes: nothing but a good outcome is 0', () => {
  expect(outcomes.map((outcome) => exitOfOutcome[outcome])).toEqual([0, 0, 0, 2, 1, 4, 1])
})
