/** One test or a few for each numbered invariant of `src/walk/`. */
import { describe, expect, test } from 'vitest'
import type { Graph } from '../../src/model/graph.ts'
import { fold } from '../../src/walk/fold.ts'
import { headlessPeople, type Answers } from '../../src/walk/headless.ts'
import { isBeingUndone, undo } from '../../src/walk/undo.ts'
import { startFold } from '../../src/walk/fold.ts'
import {
  field,
  action,
  approval,
  attest,
  block,
  broken,
  call,
  check,
  constant,
  evidence,
  expr,
  graph,
  leaf,
  person,
  question,
  run,
  runbook,
  sessionMs,
  startMs,
  wait,
  World,
} from './support.ts'

const effect = (name: string, risk: 'adds' | 'neutral' | 'reduces' = 'neutral', kind: 'once' | 'idempotent' = 'once') =>
  call(name, { effect: kind, risk })
const answering = (world: World, given: Partial<Answers>): World => {
  const people = headlessPeople({ answers: new Map(), ...given }, { decisions: () => [], page: () => undefined })
  world.reply = (ask) => people.meet(ask)
  return world
}
const say = (entries: Readonly<Record<string, string>>): Pick<Answers, 'answers'> => ({
  answers: new Map(Object.entries(entries).map(([id, answer]) => [id, { answer, by: person('oncall') }])),
})

describe('W2 back', () => {
  const tree = graph('tree/t', 'q1', [
    question({ id: 'q1', who: 'person', to: new Map([['yes', 'q2'], ['no', 'a']]), unsure: 'a', probe: { check: call('look'), answer: constant('yes'), save: 'seen' } }),
    question({ id: 'q2', who: 'person', to: new Map([['yes', 'a'], ['no', 'b']]), unsure: 'a' }),
    leaf({ id: 'a' }),
    leaf({ id: 'b' }),
  ]) // prettier-ignore
  test('appends a new visit, asks the question again and erases nothing', async () => {
    const world = new World([tree])
    const script = ['yes', 'back', 'no']
    world.reply = () => {
      const next = script.shift() ?? 'nobody'
      return next === 'back'
        ? { kind: 'back', by: person('oncall') }
        : { kind: 'answer', answer: next, by: person('oncall') }
    }
    const result = await world.walk()
    expect(result).toMatchObject({ kind: 'closed', outcome: 'ok' })
    expect(world.of('answer').map((r) => [r.at.path, r.at.visit, r.answer])).toEqual([
      ['tree/t#q1', 1, 'yes'],
      ['tree/t#q1', 2, 'no'],
    ])
    expect(world.of('found').map((r) => r.leaf)).toEqual(['a'])
  })
  test('takes the values with it that the old visits saved', () => {
    const at = { path: 'tree/t#q1', visit: 1 }
    const seen = {
      kind: 'sample',
      at,
      time: '',
      verdict: 'ok',
      evidence: { source: '', asOf: '', observed: 1 },
      saved: { seen: 1 },
    } as const
    expect(fold([seen]).saved.get('')?.has('seen')).toBe(true)
    expect(
      fold([seen, { kind: 'superseded', at, time: '', by: person('a') }])
        .saved.get('')
        ?.has('seen'),
    ).toBe(false)
  })
  test('an old visit says nothing any more', () => {
    const at = { path: 'tree/t#q1', visit: 1 }
    const late = { kind: 'outcome', at, time: '', outcome: 'ok' } as const
    const state = fold([{ kind: 'entered', at, time: '' }, { kind: 'superseded', at, time: '', by: person('a') }, late])
    expect(state.entries.get(at.path)).toMatchObject({ visit: 2 })
    expect(state.entries.get(at.path)?.outcome).toBeUndefined()
  })
})

describe('W4 when', () => {
  test.each([
    ['false is skipped', constant(false), 'skipped', 0],
    ['true goes on', constant(true), 'ok', 1],
    ['what throws is undetermined', broken, 'undetermined', 0],
    ['what is no truth value is undetermined', expr(() => 'yes' as never), 'undetermined', 0],
    ['what reads an unsaved value is undetermined', expr(() => true, ['prior']), 'undetermined', 0],
  ])('%s', async (_name, when, outcome, calls) => {
    const world = new World([runbook([action({ id: 'a', do: effect('go'), when })], ['a'])])
    await world.walk()
    expect(world.outcome('a')).toBe(outcome)
    expect(world.calls).toHaveLength(calls)
  })
  test('is not asked again once the node has begun, although its own result changes the answer', async () => {
    const when = expr((env) => env['done'] === undefined)
    const world = new World([runbook([action({ id: 'a', do: effect('go'), when, save: 'done' })], ['a'])])
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
  })
})

describe('W5 an effect whose outcome is unknown', () => {
  const cutOff = async (
    node: Parameters<typeof action>[0],
    took: boolean,
    lookup: 'tells' | 'cannot-tell',
  ): Promise<World> => {
    const world = new World([runbook([action(node)], ['a'])])
    let dead = false
    world.boundary = () => {
      if (dead) throw new Error('killed')
    }
    world.onAct = () => {
      dead = true
      return took ? { ok: true } : { kind: 'failed', reason: 'never sent', source: 'test' }
    }
    await expect(world.walk()).rejects.toThrow('killed')
    expect(world.records.at(-1)?.kind).toBe('intent')
    dead = false
    world.onAct = () => ({ ok: true })
    if (lookup === 'cannot-tell') world.onLookup = () => ({ kind: 'cannot-tell', reason: 'no keys here' })
    return world
  }
  const once = { id: 'a', do: effect('order') }
  test('once, and the lookup finds it: not repeated', async () => {
    const world = await cutOff(once, true, 'tells')
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect([...world.done.values()]).toEqual([{ name: 'order', count: 1 }])
  })
  test('once, and the lookup finds nothing: done once', async () => {
    const world = await cutOff(once, false, 'tells')
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect([...world.done.values()]).toEqual([{ name: 'order', count: 1 }])
  })
  test('once, and nobody can tell: a person settles it', async () => {
    const world = await cutOff(once, true, 'cannot-tell')
    expect(await world.walk()).toMatchObject({ kind: 'parked', exit: 3, needs: [{ kind: 'settle' }] })
    answering(world, say({ a: 'done' }))
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect([...world.done.values()]).toEqual([{ name: 'order', count: 1 }])
  })
  test('its own check goes before the lookup', async () => {
    const world = await cutOff({ ...once, settle: { check: call('orders'), done: field('ok') } }, true, 'cannot-tell')
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(world.of('settled')).toMatchObject([{ as: 'ok', by: 'check' }])
    expect(world.calls).toEqual(['order'])
  })
  test('idempotent: repeated with the same key and the same arguments', async () => {
    const args = expr((env) => ({ limit: (env['config'] as { limit: number }).limit }))
    const node = { id: 'a', do: call('set', { effect: 'idempotent', args }) } as const
    const world = new World([runbook([action(node)], ['a'])])
    world.config = { limit: 1 }
    world.onLookup = () => ({ kind: 'cannot-tell', reason: 'no keys here' })
    let dead = false
    world.boundary = () => {
      if (dead) throw new Error('killed')
    }
    world.onAct = () => {
      dead = true
      return { ok: true }
    }
    await expect(world.walk()).rejects.toThrow('killed')
    dead = false
    world.config = { limit: 2 }
    world.onAct = () => ({ ok: true })
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    // W6
    expect(world.of('intent').map((r) => r.args)).toEqual([{ limit: 1 }, { limit: 1 }])
    expect(new Set(world.of('intent').map((r) => r.key)).size).toBe(1)
  })
  test('retry repeats a failure only as often as it says', async () => {
    const node = action({ id: 'a', do: effect('set', 'neutral', 'idempotent'), retry: { max: 2, everyMs: 1000 } })
    const world = new World([runbook([node], ['a'])])
    world.onAct = () => ({ kind: 'failed', reason: 'busy', source: 'test' })
    expect(await world.walk()).toMatchObject({ outcome: 'failed', exit: 1 })
    expect(world.of('intent').map((r) => Date.parse(r.time) - startMs)).toEqual([0, 1000, 2000])
    expect(world.reason('a')).toBe('busy')
  })
  test('a failed effect that is once is never tried again', async () => {
    const world = new World([runbook([action({ ...once, retry: { max: 5, everyMs: 1 } })], ['a'])])
    world.onAct = () => ({ kind: 'failed', reason: 'rejected', source: 'test' })
    expect(await world.walk()).toMatchObject({ outcome: 'failed' })
    expect(world.calls).toEqual(['order'])
  })
})

describe('W7, W11 approvals', () => {
  const args = expr((env) => ({ share: (env['config'] as { share: string }).share }))
  const nodes = [
    approval({ id: 'ok', of: ['go'], count: 2 }),
    action({ id: 'go', do: call('setShare', { effect: 'once', args }) }),
  ]
  const approved = (world: World, ids: readonly string[], offers?: string): void => {
    world.decisions = (at) =>
      ids.map((id) => ({
        kind: 'approved',
        by: person(id),
        ref: id,
        offers: offers ?? fold(world.records).entries.get(at.path)?.entered?.offers ?? '',
      }))
  }
  const fresh = (): World => {
    const world = new World([runbook(nodes, ['ok', 'go'])])
    world.config = { share: '0.25' }
    return world
  }
  test('waits for distinct people, and never counts who opened the run', async () => {
    const world = fresh()
    approved(world, ['risk', 'RISK', 'oncall', 'OnCall'])
    expect(await world.walk()).toMatchObject({ kind: 'parked', needs: [{ kind: 'approval', missing: 1 }] })
    approved(world, ['risk', 'commander'])
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
  })
  test('a decision about something else does not count', async () => {
    const world = fresh()
    approved(world, ['risk', 'commander'], 'another digest')
    expect(await world.walk()).toMatchObject({ kind: 'parked', needs: [{ kind: 'approval', missing: 2 }] })
  })
  test.each([
    ['of who opened the run', 'OnCall', undefined],
    ['about something else', 'risk', 'another digest'],
  ])('a decision %s does not count even where it stands in the journal', async (_, by, offers) => {
    const world = fresh()
    await world.walk()
    const entered = world.of('entered').find((record) => record.offers !== undefined)
    if (entered?.offers === undefined) throw new Error('no approval was entered')
    const { at, time } = entered
    const decision = { kind: 'approved', at, time, offers: offers ?? entered.offers } as const
    world.records.push({ ...decision, by: person(by), ref: 'one' }, { ...decision, by: person('chief'), ref: 'two' })
    expect(await world.walk()).toMatchObject({ kind: 'parked', needs: [{ kind: 'approval' }] })
    expect(world.outcome('ok')).toBeUndefined()
  })
  test('other arguments than those that were approved are refused', async () => {
    const world = fresh()
    await world.walk()
    approved(world, ['risk', 'commander'])
    world.config = { share: '1' }
    expect(await world.walk()).toMatchObject({ outcome: 'refused', exit: 4 })
    expect(world.calls).toEqual([])
  })
  test('silence is a refusal once the time is up', async () => {
    const world = fresh()
    await world.walk()
    world.nowMs += 86_400_000
    expect(await world.walk()).toMatchObject({ outcome: 'refused' })
  })
  test('one who declines is enough', async () => {
    const world = fresh()
    await world.walk()
    world.decisions = (at) => [
      {
        kind: 'declined',
        by: person('risk'),
        ref: 'r',
        offers: fold(world.records).entries.get(at.path)?.entered?.offers ?? '',
      },
    ]
    expect(await world.walk()).toMatchObject({ outcome: 'refused' })
  })
  test('what an approval names is not done where the approval was passed by', async () => {
    const world = new World([runbook([...nodes, block('other', ['go'])], ['other'])])
    world.config = { share: '0.25' }
    expect(await world.walk()).toMatchObject({ outcome: 'refused' })
  })
})

describe('W8 polls and holds', () => {
  const hold = { kind: 'hold', duration: { unit: 'ms', n: 60_000 }, everyMs: 5000, maxGapMs: 15_000 } as const
  const held = (): World => new World([runbook([check({ id: 'c', check: call('count'), mode: hold })], ['c'])])
  test('a hold passes when its time is over, with few records for many samples', async () => {
    const world = held()
    let reads = 0
    world.onRead = () => ({ ok: reads++ >= 0 })
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(reads).toBe(13)
    expect(world.nowMs - startMs).toBe(60_000)
    const samples = world.of('sample')
    expect(samples.length).toBeLessThan(5)
    expect(samples.reduce((sum, s) => sum + (s.samples ?? 1), 0)).toBe(13)
  })
  test('one bad sample ends a hold', async () => {
    const world = held()
    let reads = 0
    world.onRead = () => ({ ok: ++reads !== 7 })
    expect(await world.walk()).toMatchObject({ outcome: 'failed' })
    expect(reads).toBe(7)
  })
  test('a gap that is too long starts a hold anew', async () => {
    const world = held()
    world.onRead = () => {
      if (world.nowMs - startMs === 30_000) world.interrupted.controller.abort('SIGTERM')
      return { ok: true }
    }
    expect(await world.walk()).toMatchObject({ kind: 'parked', exit: 143, signal: 'SIGTERM' })
    world.interrupted.controller = new AbortController()
    world.onRead = () => ({ ok: true })
    world.nowMs += 20_000
    const again = world.nowMs
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(world.nowMs - again).toBeGreaterThanOrEqual(60_000)
  })
  test('a poll passes with its first pass and fails with its last sample', async () => {
    const poll = { kind: 'within', ms: 60_000, everyMs: 5000 } as const
    const world = new World([runbook([check({ id: 'c', check: call('count'), mode: poll })], ['c'])])
    world.onRead = () => ({ ok: world.nowMs - startMs >= 20_000 })
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(world.nowMs - startMs).toBe(20_000)
    const never = new World([runbook([check({ id: 'c', check: call('count'), mode: poll })], ['c'])])
    never.onRead = () => ({ ok: false })
    expect(await never.walk()).toMatchObject({ outcome: 'failed' })
    expect(never.nowMs - startMs).toBe(60_000)
  })
  test('W9: samples that lie far apart park the run in between', async () => {
    const slow = {
      kind: 'hold',
      duration: { unit: 'sessions', n: 1 },
      everyMs: 3_600_000,
      maxGapMs: 10_800_000,
    } as const
    const world = new World([runbook([check({ id: 'c', check: call('count'), mode: slow })], ['c'])])
    let processes = 0
    for (let result = await world.walk(); result.kind === 'parked'; result = await world.walk()) {
      expect(result.exit).toBe(3)
      world.nowMs = Date.parse(world.parkedUntil!)
      processes++
    }
    expect(world.outcome('c')).toBe('ok')
    expect(processes).toBe(24)
  })
})

describe('W10 waits', () => {
  test('park with the moment that was fixed on entry, and go on from there', async () => {
    const world = new World([runbook([wait({ id: 'w' }), check({ id: 'c', check: call('read') })], ['w', 'c'])])
    expect(await world.walk()).toMatchObject({ kind: 'parked', exit: 3 })
    const due = new Date(startMs + sessionMs).toISOString()
    expect(world.parkedUntil).toBe(due)
    world.nowMs += 1000
    expect(await world.walk()).toMatchObject({ kind: 'parked', needs: [{ kind: 'moment', dueAt: due }] })
    world.nowMs = startMs + sessionMs
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
  })
  test('one that guards risk keeps the process and pages, unless somebody takes up due runs', async () => {
    const graphs = [runbook([wait({ id: 'w', guardsRisk: true })], ['w'])]
    const alone = new World(graphs)
    expect(await alone.walk()).toMatchObject({ outcome: 'ok' })
    expect(alone.nowMs).toBe(startMs + sessionMs)
    expect(alone.pages).toHaveLength(1)
    const watched = new World(graphs)
    watched.heartbeatMs = startMs - 60_000
    expect(await watched.walk()).toMatchObject({ kind: 'parked' })
    watched.heartbeatMs = startMs - 16 * 60_000
    expect(await watched.walk()).toMatchObject({ outcome: 'ok' })
  })
})

describe('W12 verify', () => {
  const steps = [check({ id: 's', check: call('first') }), action({ id: 'never', do: effect('go'), save: 'prior' })]
  const verify = [
    check({ id: 'judged', check: call('second') }),
    check({ id: 'reads', check: call('third'), expect: expr(() => true, ['prior']) }),
    wait({ id: 'late@after' }),
    check({ id: 'late', check: call('fourth') }),
  ]
  test('is judged although a step failed; what was not reached is undetermined and nothing is waited for', async () => {
    const world = new World([
      runbook(
        [...steps, ...verify],
        ['s', 'never'],
        verify.map((n) => n.id),
      ),
    ])
    world.onRead = ({ method }) => ({ ok: method !== 'first' })
    expect(await world.walk()).toMatchObject({ kind: 'closed', outcome: 'failed', exit: 1 })
    expect(['s', 'never', 'judged', 'reads', 'late'].map((id) => world.outcome(id))).toEqual([
      'failed',
      undefined,
      'ok',
      'undetermined',
      'undetermined',
    ])
    expect(world.reason('reads')).toContain('not reached: prior')
    expect(world.reason('late')).toContain('not reached')
    expect(world.nowMs).toBe(startMs)
  })
})

describe('W13 on failure', () => {
  const rescue = graph(
    'runbook/rescue',
    'a',
    [
      action({
        id: 'a',
        do: call('clean', {
          effect: 'once',
          args: expr((env) => ({ what: (env['inputs'] as { what: string }).what })),
        }),
      }),
    ],
    {
      inputs: [{ name: 'what', type: 'string', required: true }],
    },
  )
  test('another runbook runs with its inputs, and the verdict stays', async () => {
    const node = check({
      id: 'c',
      check: call('read'),
      onFail: { kind: 'go', graph: 'runbook/rescue', inputs: { what: constant('all') } },
    })
    const world = new World([runbook([node, action({ id: 'next', do: effect('next') })], ['c', 'next']), rescue])
    world.onRead = () => ({ ok: false })
    expect(await world.walk()).toMatchObject({ outcome: 'failed' })
    expect(world.of('intent').map((r) => [r.method, r.args])).toEqual([['p.clean', { what: 'all' }]])
  })
  test('a gate places its holds on fail and on undetermined, and lifts them on its own pass only', async () => {
    const nodes = (): readonly Graph[] => [
      graph('gates/daily', 'root', [
        check({ id: 'D1', check: call('read'), onFail: { kind: 'act', nodes: ['hold'] }, onPass: ['lift'] }),
        action({ id: 'hold', do: effect('hold', 'reduces', 'idempotent') }),
        action({ id: 'lift', do: effect('lift', 'neutral', 'idempotent') }),
        block('root', ['D1'], 'sequence', 'all'),
      ]),
    ]
    for (const [reading, calls, outcome] of [
      [{ ok: true }, ['lift'], 'ok'],
      [{ ok: false }, ['hold'], 'failed'],
      [{ ok: 'perhaps' }, ['hold'], 'failed'],
      [{ kind: 'failure', reason: 'down', source: 'x', unreachable: true }, ['hold'], 'undetermined'],
    ] as const) {
      const world = new World(nodes())
      world.onRead = () => reading
      expect(await world.walk()).toMatchObject({ outcome })
      expect(world.calls).toEqual(calls)
    }
  })
  test('continue goes on, and the verdict stays', async () => {
    const world = new World([
      runbook(
        [
          check({ id: 'c', check: call('read'), onFail: { kind: 'continue' } }),
          action({ id: 'n', do: effect('next') }),
        ],
        ['c', 'n'],
      ),
    ])
    world.onRead = () => ({ ok: false })
    expect(await world.walk()).toMatchObject({ outcome: 'failed' })
    expect(world.calls).toEqual(['next'])
  })
})

describe('W15 answers that need evidence', () => {
  const tree = graph('tree/post', 'q', [
    question({ id: 'q', who: 'person', to: new Map([['yes', 'resume'], ['no', 'stay']]), unsure: 'stay', needs: { answer: 'yes', check: call('evidence'), holds: field('ok'), otherwise: 'no' } }),
    leaf({ id: 'resume', leaf: 'resume', do: ['release'] }),
    action({ id: 'release', do: effect('release') }),
    leaf({ id: 'stay' }),
  ]) // prettier-ignore
  test.each([
    ['holds', { ok: true }, 'resume'],
    ['contradicts', { ok: false }, 'stay'],
    ['cannot be read', { kind: 'failure', reason: 'down', source: 'x', unreachable: true }, 'stay'],
    ['is nonsense', { ok: 'yes' }, 'stay'],
  ])('evidence that %s', async (_name, reading, at) => {
    const world = answering(new World([tree]), say({ q: 'yes' }))
    world.onRead = () => reading
    await world.walk()
    expect(world.of('found').map((r) => r.leaf)).toEqual([at])
    expect(world.of('answer')).toMatchObject([{ answer: 'yes' }])
  })
})

describe('questions', () => {
  const tree = (who: 'person' | 'probe-or-person'): Graph =>
    graph('tree/t', 'q', [
      question({ id: 'q', who, to: new Map([['yes', 'a'], ['no', 'b']]), unsure: 'b', probe: { check: call('look'), answer: expr((env) => (env['result'] as { says: string }).says) } }),
      leaf({ id: 'a' }),
      leaf({ id: 'b' }),
    ]) // prettier-ignore
  test.each([
    ['an answer', { says: 'yes' }, 'a', 'yes'],
    ['unsure', { says: 'unsure' }, 'b', 'unsure'],
    ['an answer that there is not', { says: 'maybe' }, 'b', 'unsure'],
    ['no text', { says: 7 }, 'b', 'unsure'],
    ['nothing', { kind: 'failure', reason: 'down', source: 'x', unreachable: true }, 'b', 'unsure'],
  ])('a probe that gives %s', async (_name, reading, at, answer) => {
    const world = new World([tree('probe-or-person')])
    world.onRead = () => reading
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(world.of('found').map((r) => r.leaf)).toEqual([at])
    expect(world.of('answer')).toMatchObject([{ answer, by: 'probe', probe: 'p.look' }])
  })
  test('a probe never answers for a person', async () => {
    const world = new World([tree('person')])
    world.onRead = () => ({ says: 'yes' })
    expect(await world.walk()).toMatchObject({ kind: 'parked', exit: 3, needs: [{ kind: 'answer' }] })
    expect(world.asks[0]).toMatchObject({ kind: 'answer', probe: { answer: 'yes' } })
  })
  test('a person overrules a probe, and both are on record', async () => {
    const world = answering(new World([tree('probe-or-person')]), say({ q: 'no' }))
    world.onRead = () => ({ says: 'yes' })
    await world.walk()
    expect(world.of('answer')).toMatchObject([
      { answer: 'no', by: { id: 'oncall' }, evidence: { observed: { says: 'yes' } } },
    ])
    expect(world.of('sample')).toMatchObject([{ answer: 'yes' }])
  })
  test('an answer that there is not is a usage error', async () => {
    const world = answering(new World([tree('person')]), say({ q: 'perhaps' }))
    await expect(world.walk()).rejects.toMatchObject({ code: 'unknown-answer', exit: 64 })
  })
})

describe('W16 calls', () => {
  test('a callee sees its inputs and neither its caller nor the values saved there; nor the caller those of the callee', async () => {
    const seen: string[][] = []
    const look = expr((env) => {
      seen.push(Object.keys(env).sort())
      return true
    })
    const callee = graph(
      'runbook/callee',
      'c',
      [check({ id: 'c', check: call('read'), expect: look, save: 'inner' })],
      {
        inputs: [
          { name: 'a', type: 'string', required: true },
          { name: 'b', type: 'int', required: false, default: 3 },
        ],
      },
    )
    const nodes = [
      check({ id: 's', check: call('read'), save: 'outer' }),
      run({ id: 'r', graph: 'runbook/callee', inputs: { a: constant('x') } }),
      check({ id: 't', check: call('read'), expect: look }),
    ]
    const world = new World([runbook(nodes, ['s', 'r', 't']), callee])
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(world.of('entered')).toMatchObject([{ inputs: { a: 'x', b: 3 } }])
    expect(seen).toEqual([
      ['config', 'inner', 'inputs', 'result', 'run'],
      ['config', 'inputs', 'outer', 'result', 'run'],
    ])
  })
  test('resources of a callee are taken before it begins, and a holder refuses the call', async () => {
    const callee = graph('runbook/callee', 'a', [action({ id: 'a', do: effect('go') })], {
      locks: [constant('model:signal')],
    })
    const world = new World([runbook([run({ id: 'r', graph: 'runbook/callee' })], ['r']), callee])
    const asked: (readonly string[])[] = []
    world.lock = (resources) => {
      asked.push(resources)
      return { kind: 'held', by: 'held by another' }
    }
    expect(await world.walk()).toMatchObject({ outcome: 'refused', exit: 4 })
    expect(asked).toEqual([['model:signal']])
    expect(world.calls).toEqual([])
  })
})

describe('W17 leaves', () => {
  const tree = graph('tree/t', 'down', [
    leaf({ id: 'down', leaf: 'kill-switch', do: ['halt'], then: ['tree/post'] }),
    action({ id: 'halt', do: effect('halt', 'reduces') }),
  ])
  const post = graph('tree/post', 'end', [leaf({ id: 'end' })])
  test('the finding is recorded and announced; nothing is done until somebody takes it', async () => {
    const world = new World([tree, post])
    expect(await world.walk()).toMatchObject({ kind: 'parked', exit: 3, needs: [{ kind: 'act' }] })
    expect(world.published).toEqual(['t.down pass'])
    expect(world.calls).toEqual([])
    answering(world, { act: person('oncall') })
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(world.calls).toEqual(['halt'])
    expect(world.published).toEqual(['t.down pass', 'post.end pass'])
  })
  test('what loosens is not taken by --act alone: the name of the desk belongs to it', async () => {
    const up = graph('tree/t', 'up', [
      leaf({ id: 'up', leaf: 'resume', do: ['release'] }),
      action({ id: 'release', do: effect('release') }),
    ])
    const world = new World([up])
    answering(world, { act: person('oncall') })
    expect(await world.walk()).toMatchObject({ kind: 'parked', needs: [{ kind: 'act', confirm: 'paper' }] })
    expect(world.calls).toEqual([])
    answering(world, { act: person('oncall'), confirm: { name: 'paper', by: person('oncall') } })
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(world.calls).toEqual(['release'])
  })
  test('a kill switch that is left pages somebody, and stands until somebody takes it', async () => {
    const world = new World([tree, post])
    let asked = 0
    world.reply = () => {
      asked++
      return { kind: 'left', by: person('oncall'), reason: 'false alarm' }
    }
    expect(await world.walk()).toMatchObject({ kind: 'parked', exit: 3, needs: [{ kind: 'act' }] })
    expect([asked, world.pages.length]).toEqual([1, 1])
    expect(world.calls).toEqual([])
    answering(world, { act: person('risk') })
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(world.calls).toEqual(['halt'])
  })
})

describe('evidence, attests, records', () => {
  test.each([
    ['a pass', { kind: 'found', status: 'pass', at: new Date(startMs).toISOString(), source: 's' }, 'ok'],
    ['a failure', { kind: 'found', status: 'fail', at: new Date(startMs).toISOString(), source: 's' }, 'failed'],
    ['none', { kind: 'none' }, 'failed'],
    ['doubt', { kind: 'doubtful', reason: 'the chain is broken' }, 'undetermined'],
  ] as const)('evidence, once the window is over: %s', async (_name, found, outcome) => {
    const world = new World([runbook([evidence({ id: 'e' })], ['e'])])
    world.windowEndMs = startMs
    world.find = () => found
    await world.walk()
    expect(world.outcome('e')).toBe(outcome)
  })
  test.each([
    ['daily', 'skipped'],
    // A launch makes these due, whatever the clock says.
    ['pre-launch', 'failed'],
  ] as const)('only what is absent can still come, and only until the window ends: %s', async (name, absent) => {
    const at = new Date(startMs).toISOString()
    for (const [found, outcome] of [
      [{ kind: 'none' }, absent],
      [{ kind: 'found', status: 'fail', at, source: 's' }, 'failed'],
      [{ kind: 'doubtful', reason: 'the chain is broken' }, 'undetermined'],
      [{ kind: 'found', status: 'pass', at, source: 's' }, 'ok'],
    ] as const) {
      const cadence = { name, calendar: 'XNYS', gates: [] }
      const world = new World([runbook([evidence({ id: 'e' })], ['e'], [], { cadence })])
      world.find = () => found
      await world.walk()
      expect(world.outcome('e')).toBe(outcome)
    }
  })
  test('an attest that nobody gives waits, also where a condition was looked at first, and an answer to another is none', async () => {
    const world = new World([runbook([attest({ id: 'a', when: constant(true) })], ['a'])])
    answering(world, { act: person('oncall'), ...say({ b: 'done' }) })
    for (const _ of [1, 2]) expect(await world.walk()).toMatchObject({ kind: 'parked', needs: [{ kind: 'attest' }] })
  })
  test('an attest saves who said what', async () => {
    const node = check({
      id: 'c',
      check: call('read'),
      expect: expr((env) => (env['cause'] as { reason: string }).reason === 'a typo', ['cause']),
    })
    const world = answering(
      new World([runbook([attest({ id: 'a', save: 'cause' }), node], ['a', 'c'])]),
      say({ a: 'a typo' }),
    )
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
  })
  test('a runbook puts its event on record once, with the verdict', async () => {
    for (const [ok, status] of [
      [true, 'pass'],
      [false, 'fail'],
    ] as const) {
      const world = new World([
        runbook([check({ id: 'c', check: call('read') })], ['c'], [], { records: 'reconciliation.completed' }),
      ])
      world.onRead = () => ({ ok })
      await world.walk()
      expect(world.published).toEqual([`reconciliation.completed ${status}`])
    }
  })
  test('a check with values to record fails to be told where one of them is not measured', async () => {
    const value = expr((env) => (env['result'] as { value?: number }).value, ['result'], 'result.value')
    for (const [reading, outcome] of [
      [{ value: 3 }, 'ok'],
      [{}, 'undetermined'],
    ] as const) {
      const world = new World([
        runbook([check({ id: 'c', check: call('read'), expect: constant(true), record: [value] })], ['c']),
      ])
      world.onRead = () => reading
      await world.walk()
      expect(world.outcome('c')).toBe(outcome)
    }
  })
  test('gates that are not selected are left alone', async () => {
    const gates = graph('gates/g', 'root', [
      check({ id: 'D1', check: call('one') }),
      check({ id: 'D2', check: call('two') }),
      block('root', ['D1', 'D2'], 'sequence', 'all'),
    ])
    const world = new World([gates], gates.id, {}, { selected: ['D2'] })
    await world.walk()
    expect([world.outcome('D1'), world.outcome('D2')]).toEqual([undefined, 'ok'])
  })
  test('a waiver counts, but never for a node that the hard principles rest on', async () => {
    for (const [establishes, outcome] of [
      [[], 'waived'],
      [['reconciled'], 'failed'],
    ] as const) {
      const world = new World([runbook([check({ id: 'c', check: call('read'), establishes })], ['c'])])
      world.onRead = () => ({ ok: false })
      world.records.push({
        kind: 'waived',
        at: { path: 'runbook/main#c', visit: 1 },
        time: world.time(),
        by: person('risk'),
        reason: 'known',
      })
      expect(await world.walk()).toMatchObject({ outcome })
    }
  })
})

describe('W18 undo', () => {
  test('effects are undone backwards, each once; what has no undo is named', async () => {
    const nodes = ['one', 'two'].map((id) => action({ id, do: effect(id), undo: effect(`un${id}`) }))
    const world = new World([
      runbook(
        [...nodes, action({ id: 'three', do: effect('three') }), attest({ id: 'ask' })],
        ['one', 'two', 'three', 'ask'],
      ),
    ])
    await world.walk()
    const folding = startFold()
    for (const r of world.records) folding.apply(r)
    const graphs = new Map(world.graphs.map((g) => [g.id, g]))
    const result = await undo(
      { id: 'run-1', root: world.root, graphs, config: {}, paper: true, folding },
      world.ports(),
    )
    expect(result).toMatchObject({ kind: 'closed', outcome: 'aborted', reason: 'undone but for three' })
    expect(world.calls).toEqual(['one', 'two', 'three', 'untwo', 'unone'])
  })
})

describe('W18 undo, after a crash', () => {
  const undone = async (world: World) => {
    const folding = startFold()
    for (const r of world.records) folding.apply(r)
    const graphs = new Map(world.graphs.map((g) => [g.id, g]))
    const run = { id: 'run-1', root: world.root, graphs, config: {}, paper: true, folding }
    return { result: await undo(run, world.ports()), state: folding.state }
  }
  const cutOff = (): World => {
    const node = action({ id: 'one', do: effect('one'), undo: effect('unone') })
    const world = new World([runbook([node, attest({ id: 'ask' })], ['one', 'ask'])])
    return world
  }
  test('what was cut off is looked up first, and undone where it took place', async () => {
    const world = cutOff()
    await world.walk()
    world.records.splice(world.records.findIndex((r) => r.kind === 'acted'))
    world.onLookup = () => ({ kind: 'done', value: {}, source: 's', asOf: world.time() })
    const { result } = await undone(world)
    expect(result).toMatchObject({ outcome: 'aborted', reason: 'undone' })
    expect(world.calls).toEqual(['one', 'unone'])
  })
  test('where nobody can tell it is named, and its place goes on record', async () => {
    const world = cutOff()
    await world.walk()
    world.records.splice(world.records.findIndex((r) => r.kind === 'acted'))
    world.onLookup = () => ({ kind: 'cannot-tell', reason: 'no keys' })
    const { result, state } = await undone(world)
    expect(result).toMatchObject({ reason: 'undone but for one (nobody knows whether it took place)' })
    expect(state.closed).toMatchObject({ unsettled: ['runbook/main#one'] })
    expect(world.calls).toEqual(['one'])
  })
  test('a run of which something was undone goes on backwards only', async () => {
    const world = cutOff()
    await world.walk()
    expect(isBeingUndone((await undone(world)).state)).toBe(true)
    expect(isBeingUndone(fold(world.records.filter((r) => r.kind !== 'intent' || r.undoes === undefined)))).toBe(false)
  })
})

describe('W19 gates on market time', () => {
  const set = (): World => {
    const gate = (node: string) =>
      ({ node, due: { from: { at: 'open', offsetMs: 0 }, to: { at: 'open', offsetMs: 0 } }, marketTime: true }) as const
    const nodes = [
      check({ id: 'one', check: call('read'), onFail: { kind: 'act', nodes: ['hold'] } }),
      attest({ id: 'two' }),
      action({ id: 'hold', do: effect('hold') }),
      block('root', ['one', 'two'], 'sequence', 'all'),
    ]
    const cadence = { name: 'daily', calendar: 'XNYS', gates: [gate('one'), gate('two')] } as const
    return new World([graph('gates/own', 'root', nodes, { cadence })])
  }
  const missed = (world: World) => world.of('outcome').flatMap((r) => (r.missed === true ? [r.at.path] : []))

  test('in the window they are judged', async () => {
    const world = answering(set(), say({ two: 'yes' }))
    expect(await world.walk()).toMatchObject({ kind: 'closed', outcome: 'ok' })
    expect(missed(world)).toEqual([])
  })
  test('what is still open when it has closed is missed, not looked at, and nothing is held', async () => {
    const world = set()
    world.onRead = () => ({ ok: true })
    await world.walk()
    world.nowMs = world.windowEndMs
    expect(await world.walk()).toMatchObject({ kind: 'closed', outcome: 'failed', exit: 1 })
    expect(missed(world)).toEqual(['gates/own#two'])
    expect(world.outcome('one')).toBe('ok')
  })
  test('a failure that was seen in time counts, and what it does is done, however late the process comes back', async () => {
    const world = set()
    world.onRead = () => ({ ok: false })
    await world.walk()
    world.records.splice(world.records.findIndex((r) => r.kind === 'sample') + 1)
    expect(world.outcome('one')).toBeUndefined()
    world.calls.length = 0
    world.nowMs = world.windowEndMs
    await world.walk()
    expect([world.outcome('one'), world.calls]).toEqual(['failed', ['hold']])
    expect(missed(world)).toEqual(['gates/own#two'])
  })
  test('what was seen too late does not count', async () => {
    const world = answering(set(), say({ two: 'yes' }))
    world.onRead = () => {
      world.nowMs = world.windowEndMs
      return { ok: true }
    }
    await world.walk()
    expect(missed(world)).toEqual(['gates/own#one', 'gates/own#two'])
    expect(world.calls).toEqual([])
  })
})
