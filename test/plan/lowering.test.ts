import { describe, expect, test } from 'vitest'
import type { Graph, GraphId, Node } from '../../src/model/graph.ts'
import { reachable } from '../../src/plan/reachable.ts'
import { compileBeside } from '../support/fixtures.ts'

const head = 'kind: runbook\nid: x\ntitle: X\ncategory: operations\nfrequency: { text: Daily }\ntrigger: { text: T }\n'
const verify = 'verify:\n  - { id: seen, title: Seen, check: desk.trading, expect: result.holds == 0 }\n'

function graphOf(text: string, id: GraphId = 'runbook/x'): Graph {
  const { graphs, findings } = compileBeside([{ path: 'x.yaml', text }])
  expect(findings).toEqual([])
  const graph = graphs.get(id)
  if (graph === undefined) throw new Error(`no graph ${id}`)
  return graph
}
const runbook = (steps: string, more = ''): Graph => graphOf(`${head}${more}steps:\n${steps}${verify}`)

function nodeOf<K extends Node['kind']>(graph: Graph, id: string, kind: K): Extract<Node, { kind: K }> {
  const node = graph.nodes.get(id)
  if (node === undefined || !isKind(node, kind)) throw new Error(`no ${kind} ${id}`)
  return node
}
const isKind = <K extends Node['kind']>(node: Node, kind: K): node is Extract<Node, { kind: K }> => node.kind === kind

describe('a runbook', () => {
  test('is its steps until the first failure, then every verification', () => {
    const graph = runbook('  - { id: note, title: Note, do: desk.note, with: { text: x } }\n')
    expect(nodeOf(graph, graph.root, 'block')).toMatchObject({
      order: 'sequence',
      judge: 'all',
      children: ['@steps', '@verify'],
    })
    expect(nodeOf(graph, '@steps', 'block')).toMatchObject({ order: 'sequence', judge: 'stop', children: ['note'] })
    expect(nodeOf(graph, '@verify', 'block')).toMatchObject({ order: 'sequence', judge: 'all', children: ['seen'] })
  })

  test('waits in a node of its own before a delayed check', () => {
    const graph = runbook(
      '  - { id: later, title: Later, after: 1 trading day, check: desk.trading, expect: result.holds == 0 }\n',
    )
    expect(nodeOf(graph, '@steps', 'block').children).toEqual(['later@after', 'later'])
    expect(nodeOf(graph, 'later@after', 'wait').until).toEqual({ kind: 'after', duration: { unit: 'sessions', n: 1 } })
  })

  test('keeps a delayed check in order within parallel steps', () => {
    const graph = runbook(
      '  - id: both\n    title: Both\n    parallel:\n' +
        '      - { id: a, title: A, after: next open - 30m, check: desk.trading, expect: result.holds == 0 }\n' +
        '      - { id: b, title: B, do: desk.note, with: { text: x } }\n',
    )
    expect(nodeOf(graph, 'both', 'block')).toMatchObject({
      order: 'parallel',
      judge: 'all',
      children: ['a@sequence', 'b'],
    })
    expect(nodeOf(graph, 'a@sequence', 'block')).toMatchObject({
      order: 'sequence',
      judge: 'stop',
      children: ['a@after', 'a'],
    })
    expect(nodeOf(graph, 'a@after', 'wait').until).toEqual({ kind: 'next', at: 'open', offsetMs: -1_800_000 })
  })

  test('polls, holds and retries as written', () => {
    const graph = runbook(
      '  - { id: poll, title: P, check: desk.trading, expect: result.holds == 0, within: 5m, every: 5s }\n' +
        '  - { id: hold, title: H, check: desk.trading, expect: result.holds == 0, for: 60s, every: 5s }\n' +
        '  - { id: send, title: S, do: desk.note, with: { text: x }, retry: { max: 2, every: 3s }, timeout: 7s }\n',
    )
    expect(nodeOf(graph, 'poll', 'check').mode).toEqual({ kind: 'within', ms: 300_000, everyMs: 5000 })
    expect(nodeOf(graph, 'hold', 'check').mode).toEqual({
      kind: 'hold',
      duration: { unit: 'ms', n: 60_000 },
      everyMs: 5000,
      maxGapMs: 15_000,
    })
    expect(nodeOf(graph, 'send', 'action')).toMatchObject({ retry: { max: 2, everyMs: 3000 }, do: { timeoutMs: 7000 } })
  })

  test('gives methods their resolved arguments', () => {
    const graph = runbook(
      '  - { id: note, title: Note, do: desk.note, with: { text: "on ${{ inputs.model }} at ${{ config.desk }}" } }\n',
      'inputs:\n  model: { type: string, default: signal }\n',
    )
    const { args } = nodeOf(graph, 'note', 'action').do
    expect(args.reads).toEqual(['config', 'inputs'])
    const config = {
      desk: 'paper',
      profile: 'paper',
      model: 'm',
      hosts: { inference: 1 },
      venues: [],
      vendors: [],
      links: { brokerStatus: '', dataStatus: '', dashboard: '' },
      roles: [],
    }
    expect(args.evaluate({ inputs: { model: 'signal' }, config })).toEqual({ text: 'on signal at paper' })
  })

  test('a check that only records passes once it is read', () => {
    const graph = runbook(
      '  - { id: band, title: Band, check: metrics.pnlBand, with: { model: signal }, record: [result.value] }\n',
    )
    expect(nodeOf(graph, 'band', 'check').expect.evaluate({})).toBe(true)
  })
})

describe('a tree', () => {
  const tree = (more: string): Graph =>
    graphOf(
      'kind: tree\nid: x\ntitle: X\nsymptom: S\nstart: q1\nquestions:\n' +
        `  q1: { ask: A?, yes: q2, no: stop${more} }\n  q2: { ask: B?, yes: quiet, no: stop }\n` +
        'leaves:\n  quiet: { kind: investigate, title: Q, because: B }\n' +
        '  stop: { kind: kill-switch, title: S, because: B, do: [{ run: killswitch }, { id: tell, do: desk.note, with: { text: x } }], then: [{ tree: no-fills }] }\n',
      'tree/x',
    )

  test('goes to the most cautious child when unsure, unless it says otherwise', () => {
    expect(nodeOf(tree(''), 'q1', 'question').unsure).toBe('stop')
    expect(nodeOf(tree(', unsure: q2'), 'q1', 'question').unsure).toBe('q2')
  })

  test('keeps the steps of each leaf under its name', () => {
    const leaf = nodeOf(tree(''), 'stop', 'leaf')
    expect(leaf).toMatchObject({ leaf: 'kill-switch', do: ['stop.killswitch', 'stop.tell'], then: ['tree/no-fills'] })
  })

  test('a probe that claims facts for one answer establishes them for that answer only', () => {
    const needs =
      ', who: person, needs: { answer: yes, check: risk.limits, expect: "size(result.limits) > 0 && result.softened == 0", otherwise: no, guards: limits-kept }'
    const question = nodeOf(tree(needs), 'q1', 'question')
    expect([...question.answers]).toEqual([['yes', ['limits-kept']]])
    expect(question.needs).toMatchObject({ answer: 'yes', otherwise: 'no' })
  })
})

describe('a gate set', () => {
  const gates = graphOf(
    'kind: gates\nid: x\ntitle: X\ncadence: daily\ncalendar: XNYS\ngates:\n' +
      '  - { id: D1, title: One, due: { from: open - 30m, to: open }, check: desk.trading, expect: result.holds == 0, market_time: true, on_fail: [ { hold: { scope: desk, kind: no-new } }, { do: desk.note, with: { text: x } } ] }\n' +
      '  - id: D2\n    title: Two\n    due: { from: close, to: next open - 30m }\n    checks:\n' +
      '      - { check: routing.getBroker, save: broker }\n      - { check: desk.trading, expect: "result.holds == 0 && broker.venue != \'\'" }\n' +
      '    on_fail: [ { hold: { scope: "${{ config.venues }}", kind: reduce-only } } ]\n' +
      '  - { id: D4, title: Four, due: { from: close, to: next open }, evidence: { event: reconciliation.completed, within: window } }\n',
    'gates/x',
  )

  test('judges every gate', () => {
    expect(nodeOf(gates, gates.root, 'block')).toMatchObject({ judge: 'all', children: ['D1', 'D2', 'D4'] })
    expect(gates.cadence).toMatchObject({ name: 'daily', calendar: 'XNYS' })
    expect(gates.cadence?.gates[0]).toEqual({
      node: 'D1',
      due: { from: { at: 'open', offsetMs: -1_800_000 }, to: { at: 'open', offsetMs: 0 } },
      marketTime: true,
    })
    expect(nodeOf(gates, 'D4', 'evidence')).toMatchObject({
      event: 'reconciliation.completed',
      young: { kind: 'window' },
    })
  })

  test('places holds of its own rule on failure and lifts them on its pass', () => {
    expect(nodeOf(gates, 'D1', 'check')).toMatchObject({
      onFail: { kind: 'act', nodes: ['D1@fail1', 'D1@fail2'] },
      onPass: ['D1@lift'],
    })
    expect(nodeOf(gates, 'D1@fail1', 'action').do.args.evaluate({})).toEqual({
      rule: 'gates/x/D1',
      scopes: ['desk'],
      kind: 'no-new',
      reason: 'One',
    })
    expect(nodeOf(gates, 'D1@lift', 'action').do.args.evaluate({})).toEqual({ rule: 'gates/x/D1' })
  })

  test('takes a list of scopes from one interpolation', () => {
    expect(nodeOf(gates, 'D2', 'block')).toMatchObject({ judge: 'all', children: ['D2.1', 'D2.2'] })
    const config = {
      desk: 'paper',
      profile: 'paper',
      model: 'm',
      hosts: { inference: 1 },
      venues: ['a', 'b'],
      vendors: [],
      links: { brokerStatus: '', dataStatus: '', dashboard: '' },
      roles: [],
    }
    expect(nodeOf(gates, 'D2@fail1', 'action').do.args.evaluate({ config })).toMatchObject({ scopes: ['a', 'b'] })
  })
})

test('what can be entered is found through calls, failures and leaves', () => {
  const text = `${head}steps:\n  - { id: a, title: A, run: killswitch, on_fail: { tree: no-fills } }\n${verify}`
  const { graphs } = compileBeside([{ path: 'x.yaml', text }])
  expect(reachable(graphs, 'runbook/x')).toEqual(['runbook/x', 'runbook/killswitch', 'tree/no-fills'])
  expect(reachable(new Map(), 'runbook/none')).toEqual(['runbook/none'])
})
