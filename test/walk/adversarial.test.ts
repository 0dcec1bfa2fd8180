/** Worlds that lie, hang, throw and vanish. Never a pass, never a lost record, never an effect twice. */
import { describe, expect, test } from 'vitest'
import type { Settlement } from '../../src/ports/adapter.ts'
import type { Permission } from '../../src/walk/ports.ts'
import {
  action,
  attest,
  block,
  broken,
  call,
  check,
  constant,
  expr,
  graph,
  leaf,
  person,
  question,
  runbook,
  startMs,
  World,
} from './support.ts'

const at = new Date(startMs).toISOString()
const short = { ...call('read'), timeoutMs: 5 }
const one = (): World => new World([runbook([check({ id: 'c', check: short })], ['c'])])
const order = (risk: 'adds' | 'neutral' | 'reduces'): World =>
  new World([runbook([action({ id: 'a', do: { ...call('order', { effect: 'once', risk }), timeoutMs: 5 } })], ['a'])])

describe('readings', () => {
  test.each([
    ['throws', () => { throw new Error('bang') }],
    ['rejects', () => Promise.reject(new Error('bang'))],
    ['hangs', () => new Promise(() => undefined)],
    ['answers nothing', () => ({ kind: 'value' })],
    ['answers another kind', () => ({ kind: 'lovely' })],
    ['answers without a moment', () => ({ kind: 'value', value: { ok: true }, asOf: 'just now', source: 's', complete: true })],
    ['answers in part', () => ({ kind: 'value', value: { ok: true }, asOf: at, source: 's', complete: false })],
    ['answers NaN', () => ({ ok: true, deep: [{ x: Number.NaN }] })],
    ['answers infinity', () => ({ ok: true, x: -Infinity })],
    ['answers a function', () => ({ ok: true, x: () => 1 })],
    ['answers null', () => null],
    ['fails', () => ({ kind: 'failure', reason: 'down', source: 's', unreachable: true })],
  ])('an adapter that %s makes a check undetermined', async (_name, onRead) => {
    const world = one()
    world.onRead = onRead
    expect(await world.walk()).toMatchObject({ kind: 'closed', outcome: 'undetermined', exit: 2 })
    expect(world.of('sample')).toMatchObject([{ verdict: 'undetermined' }])
    expect(world.of('sample')[0]?.evidence.reason).toBeTruthy()
  }) // prettier-ignore

  test.each([
    ['throws', broken],
    ['is no truth value', constant('true' as never)],
    ['is NaN', constant(Number.NaN as never)],
    ['is nothing', constant(undefined as never)],
    ['reads what was never saved', expr(() => true, ['prior'])],
  ])('an expectation that %s is undetermined', async (_name, expectation) => {
    const world = new World([runbook([check({ id: 'c', check: call('read'), expect: expectation })], ['c'])])
    expect(await world.walk()).toMatchObject({ outcome: 'undetermined', exit: 2 })
  })

  test('arguments that cannot be told are never sent', async () => {
    const world = new World([
      runbook([action({ id: 'a', do: call('order', { effect: 'once', args: broken }) })], ['a']),
    ])
    expect(await world.walk()).toMatchObject({ outcome: 'undetermined' })
    expect(world.calls).toEqual([])
    expect(world.of('intent')).toEqual([])
  })

  test('a probe whose answer throws is unsure', async () => {
    const tree = graph('tree/t', 'q', [
      question({ id: 'q', to: new Map([['yes', 'a'], ['no', 'b']]), unsure: 'b', probe: { check: call('look'), answer: broken } }),
      leaf({ id: 'a' }),
      leaf({ id: 'b' }),
    ]) // prettier-ignore
    const world = new World([tree])
    await world.walk()
    expect(world.of('found').map((r) => r.leaf)).toEqual(['b'])
  })
})

describe('effects', () => {
  test.each([
    ['throws', () => { throw new Error('bang') }],
    ['hangs', () => new Promise(() => undefined)],
    ['answers nonsense', () => ({ kind: 'splendid' })],
    ['answers NaN', () => ({ kind: 'done', value: { x: Number.NaN } })],
  ])('an adapter that %s leaves the effect unknown, and a lookup that cannot tell leaves it to a person', async (_name, onAct) => {
    const world = order('neutral')
    world.onAct = onAct
    world.onLookup = () => ({ kind: 'cannot-tell', reason: 'no keys' })
    expect(await world.walk()).toMatchObject({ kind: 'parked', needs: [{ kind: 'settle' }] })
    expect(world.of('acted')).toMatchObject([{ result: 'unknown' }])
    expect(world.calls).toEqual(['order'])
    expect(await world.walk()).toMatchObject({ kind: 'parked' })
    expect(world.calls).toEqual(['order'])
  }) // prettier-ignore

  test.each([
    ['nonsense', 'rubbish'],
    ['a claim without a moment', { kind: 'not-done', asOf: 'now', source: 's' }],
    ['a throw', undefined],
  ])('a lookup that answers %s settles nothing', async (_name, answer) => {
    const world = order('neutral')
    world.onAct = () => ({ kind: 'unknown', reason: 'the line went dead', source: 's' })
    world.onLookup = () => {
      if (answer === undefined) throw new Error('bang')
      return answer as unknown as Settlement
    }
    expect(await world.walk()).toMatchObject({ kind: 'parked', needs: [{ kind: 'settle' }] })
    expect(world.calls).toEqual(['order'])
  })
})

describe('gates', () => {
  const permissions: readonly (readonly [string, () => Permission])[] = [
    ['halted', () => ({ allowed: 'none', epoch: 'grant-1' })],
    ['close-only', () => ({ allowed: 'reduce-only', epoch: 'grant-1' })],
    ['cannot be asked', () => { throw new Error('unreadable') }],
  ] // prettier-ignore
  test.each(permissions)('%s: what adds risk is refused, nothing is sent', async (_name, permission) => {
    const world = order('adds')
    world.permission = permission
    expect(await world.walk()).toMatchObject({ outcome: 'refused', exit: 4 })
    expect(world.calls).toEqual([])
    expect(world.of('acted')).toMatchObject([{ result: 'refused' }])
  })
  test.each(permissions)('%s: what reduces risk, and what does not touch it, happens', async (_name, permission) => {
    for (const risk of ['reduces', 'neutral'] as const) {
      const world = order(risk)
      world.permission = permission
      expect(await world.walk()).toMatchObject({ outcome: 'ok' })
      expect(world.calls).toEqual(['order'])
    }
  })
  test('a halt between intent and effect is seen', async () => {
    const world = order('adds')
    world.permission = () => ({ allowed: world.of('intent').length > 0 ? 'none' : 'all', epoch: 'grant-1' })
    expect(await world.walk()).toMatchObject({ outcome: 'refused' })
    expect(world.calls).toEqual([])
  })
  test('another grant than the run began under: refused until a person confirms, and on record who did', async () => {
    const world = order('adds')
    world.permission = { allowed: 'all', epoch: 'grant-2' }
    expect(await world.walk()).toMatchObject({ kind: 'parked', exit: 4, needs: [{ kind: 'confirm', name: 'paper' }] })
    expect(world.calls).toEqual([])
    expect(world.of('intent')).toEqual([])
    world.reply = () => ({ kind: 'confirmed', by: person('risk') })
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(world.of('confirmed')).toMatchObject([{ epoch: 'grant-2', by: { id: 'risk' } }])
    expect(world.calls).toEqual(['order'])
  })
  test('the probe order is the one order that passes while halted', async () => {
    const probe = call('probeOrder', { effect: 'once', risk: 'adds' })
    const node = action({ id: 'a', do: { ...probe, method: { ...probe.method, port: 'venue' } } })
    const world = new World([runbook([node], ['a'])])
    world.permission = { allowed: 'none', epoch: 'grant-1' }
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
  })
})

describe('the journal', () => {
  test('who was taken over does nothing more', async () => {
    const world = order('reduces')
    world.fenced = true
    await expect(world.walk()).rejects.toThrow('fenced')
    expect(world.calls).toEqual([])
  })
  test('a journal that cannot be written ends the walk before the effect', async () => {
    const world = order('reduces')
    world.boundary = () => {
      throw new Error('no space')
    }
    await expect(world.walk()).rejects.toThrow('no space')
    expect(world.calls).toEqual([])
  })
  test('it is written before anybody is asked', async () => {
    const world = new World([runbook([check({ id: 'c', check: call('read') }), attest({ id: 'a' })], ['c', 'a'])])
    let known: unknown
    world.reply = () => {
      known = world.outcome('c')
      return { kind: 'nobody' }
    }
    await world.walk()
    expect(known).toBe('ok')
  })
  test('large evidence lies beside the log', async () => {
    const world = one()
    world.onRead = () => ({ ok: true, text: 'x'.repeat(70_000) })
    await world.walk()
    expect(world.of('sample')[0]?.evidence.observed).toMatchObject({ artefact: 'sha' })
  })
})

describe('people and signals', () => {
  test('a signal during a reading parks the run without a verdict', async () => {
    const world = one()
    world.onRead = () => {
      world.interrupted.controller.abort('SIGHUP')
      return new Promise(() => undefined)
    }
    expect(await world.walk()).toMatchObject({ kind: 'parked', exit: 129 })
    expect(world.of('sample')).toEqual([])
    world.interrupted.controller = new AbortController()
    world.onRead = () => ({ ok: true })
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
  })
  test('an effect under way is let finish', async () => {
    const world = order('reduces')
    world.onAct = () => {
      world.interrupted.controller.abort('SIGINT')
      return { ok: true }
    }
    await world.walk()
    expect(world.of('acted')).toMatchObject([{ result: 'ok' }])
  })
  test('branches of a parallel block run at once: none waits for the other', async () => {
    const started: string[] = []
    let open: () => void = () => undefined
    const both = new Promise<void>((resolve) => {
      open = resolve
    })
    const nodes = ['a', 'b'].map((id) => action({ id, do: call(id, { effect: 'once' }) }))
    const world = new World([runbook([...nodes, block('par', ['a', 'b'], 'parallel', 'all')], ['par'])])
    world.onAct = async ({ method }) => {
      started.push(method)
      if (started.length === 2) open()
      await both
      return { ok: true }
    }
    expect(await world.walk()).toMatchObject({ outcome: 'ok' })
    expect(started).toEqual(['a', 'b'])
  })
})
