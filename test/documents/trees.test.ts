import { describe, expect, it } from 'vitest'
import type { Graph } from '../../src/model/graph.ts'
import { argument, expectation, lines, stepNamed, tree, treeGraph, trees } from './shipped.ts'

/** Every way through a tree, e.g. `q1=yes q2=no -> order-builder: rollback`. */
function paths({ nodes, root }: Graph): readonly string[] {
  const from = (at: string, way: readonly string[]): readonly string[] => {
    const node = nodes.get(at)
    if (node?.kind === 'leaf') return [`${way.join(' ')} -> ${at}: ${node.leaf}`]
    if (node?.kind !== 'question') throw new Error(`${at} is neither a question nor a leaf`)
    return [...node.to].flatMap(([answer, to]) => from(to, [...way, `${at}=${answer}`]))
  }
  return [...from(root, [])].sort()
}
const steps = (id: string, leaf: string) => tree(id).leaves.get(leaf)?.steps ?? []
const answer = (id: string, question: string) => tree(id).questions.get(question)?.probe?.answer.text
const probe = (id: string, question: string) => tree(id).questions.get(question)?.probe?.call.method.value

const ways: Readonly<Record<string, readonly string[]>> = {
  'no-fills': [
    'q1=no -> broker-down: kill-switch',
    'q1=yes q2=no -> order-builder: rollback',
    'q1=yes q2=yes q3=no -> reject-codes: investigate',
    'q1=yes q2=yes q3=yes -> rate-limited: throttle',
  ],
  'wrong-pnl': [
    'q1=no -> too-early: investigate',
    'q1=yes q2=no -> engine-disagrees: rollback',
    'q1=yes q2=yes -> decaying: throttle',
  ],
  'missing-data': [
    'q1=no q3=no -> both-dead: kill-switch',
    'q1=no q3=yes -> use-backup: rollback',
    'q1=yes q2=no -> vendor-symbol: investigate',
    'q1=yes q2=yes -> corporate-action: investigate',
  ],
  'alerts-spam': [
    'q1=no -> unrelated: throttle',
    'q1=yes q2=no -> new-parent: investigate',
    'q1=yes q2=yes -> known-parent: investigate',
  ],
  'config-mismatch': [
    'q1=no -> unexplained: rollback',
    'q1=yes q2=no -> hot-edit: rollback',
    'q1=yes q2=yes -> commit-live: investigate',
  ],
  'post-incident': [
    'q1=no -> no-root-cause: investigate',
    'q1=yes q2=no -> not-reconciled: investigate',
    'q1=yes q2=yes q3=no -> limits-softened: investigate',
    'q1=yes q2=yes q3=yes -> resume: resume',
  ],
}

/** Where nobody can tell, the way goes on to what can only end most cautiously. */
const unsure = {
  'no-fills': { q1: 'broker-down', q2: 'order-builder', q3: 'rate-limited' },
  'wrong-pnl': { q1: 'q2', q2: 'engine-disagrees' },
  'missing-data': { q1: 'q3', q2: 'vendor-symbol', q3: 'both-dead' },
  'alerts-spam': { q1: 'unrelated', q2: 'new-parent' },
  'config-mismatch': { q1: 'unexplained', q2: 'hot-edit' },
  'post-incident': { q1: 'no-root-cause', q2: 'not-reconciled', q3: 'limits-softened' },
}

describe('recovery trees', () => {
  it('are the six of the source', () => {
    expect(trees.map((t) => t.id.value).sort()).toEqual(Object.keys(ways).sort())
  })
  it.each(Object.entries(ways))('%s leads to its leaves by exactly these answers', (id, expected) => {
    expect(paths(treeGraph(id))).toEqual(expected)
  })
  it.each(Object.entries(unsure))('%s sends the unsure to the most cautious end', (id, expected) => {
    const questions = [...treeGraph(id).nodes.values()].filter((node) => node.kind === 'question')
    expect(Object.fromEntries(questions.map((q) => [q.id, q.unsure]))).toEqual(expected)
  })
  it('end every leaf in something that is done, with a reason and step by step', () => {
    for (const { id, leaves } of trees)
      for (const [leaf, { steps: all, because }] of leaves) {
        expect(all.length, `${id.value}.${leaf}`).toBeGreaterThan(0)
        expect(because, `${id.value}.${leaf}`).not.toBe('')
      }
  })
  it('go on to post-incident after every halt', () => {
    const halting = trees.flatMap(({ leaves }) => [...leaves.values()].filter((leaf) => leaf.kind === 'kill-switch'))
    expect(halting.map((leaf) => leaf.id.value).sort()).toEqual(['both-dead', 'broker-down'])
    for (const leaf of halting) {
      expect(lines(leaf.steps)[0]).toMatch(/: run killswitch$/)
      expect(leaf.then.map((then) => then.value)).toEqual(['post-incident'])
    }
  })
  it('answer every question from a reading, except where only a person knows', () => {
    const byPerson = trees.flatMap((t) =>
      [...t.questions.values()].flatMap((q) => (q.who === 'person' ? [`${t.id.value}.${q.id.value}`] : [])),
    )
    expect(byPerson.sort()).toEqual(['config-mismatch.q2', 'post-incident.q1', 'post-incident.q2', 'post-incident.q3'])
    for (const t of trees)
      for (const q of t.questions.values()) expect(q.probe, `${t.id.value}.${q.id.value}`).toBeDefined()
  })
})

describe('no-fills', () => {
  it('takes nothing but ok for green, no checked order for unsure, and an empty budget for used up', () => {
    expect([probe('no-fills', 'q1'), answer('no-fills', 'q1')]).toEqual([
      'venue.fetchStatus',
      'result.status == "ok" ? "yes" : "no"',
    ])
    expect([probe('no-fills', 'q2'), answer('no-fills', 'q2')]).toEqual([
      'orders.conformance',
      'result.checked == 0 ? "unsure" : size(result.violations) == 0 ? "yes" : "no"',
    ])
    expect([probe('no-fills', 'q3'), answer('no-fills', 'q3')]).toEqual([
      'venue.fetchRateLimit',
      'result.limit <= 0 ? "unsure" : result.remaining <= 0 ? "yes" : "no"',
    ])
  })
  it('reverts the last change to order construction, pushes it, makes it live and tests with one lot', () => {
    expect(lines(steps('no-fills', 'order-builder'))).toEqual([
      'last-change: check config.log',
      'revert: do config.revert',
      'push: do config.push',
      'redeploy: do config.deploy',
      'liquid: check universe.list',
      'test-one: do venue.probeOrder',
      'test-accepted: check venue.fetchOpenOrders',
    ])
    expect(argument(steps('no-fills', 'order-builder'), 'last-change', 'path')).toBe('orders/')
    expect(expectation(steps('no-fills', 'order-builder'), 'last-change')).toBe(
      'size(result.commits) == 2 && !result.commits[0].subject.startsWith("Revert")',
    )
  })
  it('reads the reject codes, and asks the broker only about blank ones', () => {
    const all = steps('no-fills', 'reject-codes')
    expect(lines(all)).toEqual(['codes: check venue.fetchRejects', 'broker-ticket: do tickets.open'])
    expect(stepNamed(all, 'broker-ticket').when?.text).toBe('rejects.blank > 0')
    expect(argument(all, 'broker-ticket', 'kind')).toBe('broker')
  })
  it('halves the frequency, waits one window, goes on at 25 % and checks the budget', () => {
    const all = steps('no-fills', 'rate-limited')
    expect(lines(all)).toEqual([
      'halve-frequency: do desk.throttleOrders',
      'window: check venue.fetchRateLimit',
      'next-window: check venue.fetchRateLimit',
      'quarter-size: do desk.throttle',
      'budget: check venue.fetchRateLimit',
    ])
    expect(argument(all, 'quarter-size', 'ceiling')).toBe('0.25')
    expect(expectation(all, 'next-window')).toContain('duration(string(window.windowSeconds) + "s")')
  })
})

describe('wrong-pnl', () => {
  it('acts from the third day on', () => {
    expect(answer('wrong-pnl', 'q1')).toContain('result.consecutiveExits >= 3 ? "yes" : "no"')
    expect(probe('wrong-pnl', 'q2')).toBe('research.replay')
  })
  it('logs one or two days and does nothing else', () => {
    expect(lines(steps('wrong-pnl', 'too-early'))).toEqual(['band: check metrics.pnlBand', 'log: do desk.note'])
  })
  it('halves a decaying signal and has its fate decided within five sessions', () => {
    const all = steps('wrong-pnl', 'decaying')
    expect(lines(all)).toEqual(['halve: do desk.throttle', 'decision: do tickets.open'])
    expect(argument(all, 'halve', 'halve')).toBe('true')
    expect(argument(all, 'decision', 'kind')).toBe('decision')
    expect(argument(all, 'decision', 'dueInSessions')).toBe('5')
  })
  it('rolls back where engine and live disagree, and files the bug without waiting for it', () => {
    const all = steps('wrong-pnl', 'engine-disagrees')
    expect(lines(all)).toEqual(['back-and-tell: parallel', 'rollback: run model-rollback', 'bug: do tickets.open'])
    expect(argument(all, 'bug', 'kind')).toBe('bug')
  })
})

describe('missing-data', () => {
  it('tells one symbol from the whole feed, and asks the backup itself', () => {
    expect(answer('missing-data', 'q1')).toBe(
      'result.stale == 0 ? "unsure" : result.stale == 1 && result.traded > 1 ? "yes" : "no"',
    )
    expect(answer('missing-data', 'q2')).toBe('size(result.actions) > 0 ? "yes" : "no"')
    expect(answer('missing-data', 'q3')).toBe('result.traded == 0 ? "unsure" : result.stale == 0 ? "yes" : "no"')
  })
  it('drops the one symbol; where nothing happened to it the vendor gets a ticket', () => {
    const common = ['still-one: check data.freshness', ': do universe.suppress', 'rest-fresh: check data.freshness']
    expect(lines(steps('missing-data', 'corporate-action'))).toEqual(common.map((l) => l.replace(/^:/, 'suppress:')))
    expect(lines(steps('missing-data', 'vendor-symbol'))).toEqual([
      ...common.map((l) => l.replace(/^:/, 'drop:')),
      'vendor-ticket: do tickets.open',
    ])
  })
  it('fails over to a vendor proved fresh, then reconciles', () => {
    expect(lines(steps('missing-data', 'use-backup'))).toEqual([
      'route: check routing.getDataVendor',
      'failover: do routing.setDataVendor',
      'fresh: check data.freshness',
      'reconcile: run reconciliation',
    ])
  })
  it('halts, tightens stops, and flattens by the close unless data is proved to be back', () => {
    const all = steps('missing-data', 'both-dead')
    expect(lines(all)).toEqual([
      'stop: run killswitch',
      'tighten: do venues.tightenStops',
      'clock: check desk.session',
      'until-close: wait {"kind":"next","at":"close","offsetMs":-900000}',
      'recovered: check data.freshness',
    ])
    expect(stepNamed(all, 'until-close')).toMatchObject({ kind: 'wait', guardsRisk: true })
    expect(stepNamed(all, 'recovered').onFail).toMatchObject({ kind: 'run', call: { runbook: { value: 'flatten' } } })
  })
})

describe('alerts-spam', () => {
  it('takes more than 60 % for one cause, and no alerts for unsure', () => {
    expect(answer('alerts-spam', 'q1')).toBe('result.total == 0 ? "unsure" : result.largestShare > 0.6 ? "yes" : "no"')
    expect(probe('alerts-spam', 'q2')).toBe('tickets.find')
  })
  it('halves size on unrelated alerts and silences none', () => {
    const all = lines(steps('alerts-spam', 'unrelated'))
    expect(all).toEqual(['halve: do desk.throttle', 'causes: check alerts.rootCauses', 'triage: do notify.page'])
  })
  it('snoozes the children of a known parent', () => {
    expect(lines(steps('alerts-spam', 'known-parent'))).toContain('snooze: do alerts.silenceChildren')
  })
  it('opens a parent, links the alerts, and only then assigns a commander', () => {
    expect(lines(steps('alerts-spam', 'new-parent'))).toEqual([
      'cause: check alerts.rootCauses',
      'parent: do tickets.open',
      'link: do tickets.linkAlerts',
      'assign: do tickets.assign',
      'page: do notify.page',
    ])
  })
})

describe('config-mismatch', () => {
  it('looks back two hours', () => {
    const q1 = tree('config-mismatch').questions.get('q1')
    expect(q1?.probe?.call.with?.entries[0]).toMatchObject({ key: 'sinceMinutes', value: { value: 120 } })
  })
  it('commits a live change only where it loosens no limit, and proves that nothing drifts', () => {
    const all = steps('config-mismatch', 'commit-live')
    expect(lines(all)).toEqual([
      'not-looser: check config.diff',
      'commit: do config.commitLive',
      'push: do config.push',
      'drift: check config.diff',
    ])
    expect(expectation(all, 'not-looser')).toBe('!result.same && !result.loosens')
    expect(expectation(all, 'drift')).toBe('result.same')
  })
  it.each([
    ['hot-edit', 'access-audit'],
    ['unexplained', 'security-review'],
  ])('%s keeps the evidence, redeploys the commit and opens an %s', (leaf, kind) => {
    const all = steps('config-mismatch', leaf)
    expect(lines(all)).toEqual([
      'seen: check config.diff',
      'keep: do storage.put',
      'head: check config.head',
      'redeploy: do config.deploy',
      `${kind}: do tickets.open`,
      'drift: check config.diff',
    ])
    expect(argument(all, kind, 'kind')).toBe(kind)
  })
})

describe('post-incident', () => {
  const needs = (question: string) => tree('post-incident').questions.get(question)?.needs

  it('lets a yes count only with evidence that agrees', () => {
    expect(
      ['q1', 'q2', 'q3'].map((q) => [needs(q)?.guards?.value, needs(q)?.answer.value, needs(q)?.otherwise.value]),
    ).toEqual([
      ['cause-known', 'yes', 'no'],
      ['reconciled', 'yes', 'no'],
      ['limits-kept', 'yes', 'no'],
    ])
    expect(needs('q1')?.expect.text).toMatch(/rootCause.*fixVerifiedIn.*!= "production"/)
    expect(needs('q2')?.expect.text).toBe(
      'result.found && result.passed && result.sinceHalt && result.ageMinutes.orValue(60.0) < 60.0',
    )
    expect(needs('q3')?.expect.text).toBe('size(result.limits) > 0 && result.softened == 0')
  })
  it('has the cause and the place of the verified fix stated before it is documented', () => {
    expect(lines(steps('post-incident', 'no-root-cause'))).toEqual([
      'cause: attest commander',
      'class: attest commander',
      'fix: attest commander',
      'document: do tickets.documentCause',
    ])
  })
  it('reconciles, restores limits, and never loosens anything but by a request for release', () => {
    expect(lines(steps('post-incident', 'not-reconciled'))).toEqual(['reconciliation: run reconciliation'])
    expect(lines(steps('post-incident', 'limits-softened'))).toEqual([
      'seen: check risk.limits',
      'head: check config.head',
      'restore: do config.deploy',
      'ticket: do tickets.open',
      'restored: check risk.limits',
    ])
    expect(lines(steps('post-incident', 'resume'))).toEqual(['request: do desk.requestRelease'])
  })
})
