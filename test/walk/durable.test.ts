/** What became of an effect is on disk before anything follows from it, though it may share its write with the next intent. */
import { expect, test } from 'vitest'
import { next } from '../../src/walk/next.ts'
import type { Ports } from '../../src/walk/ports.ts'
import { action, block, call, check, graph, runbook, World } from './support.ts'

class Watched extends World {
  /** Kinds of records, write by write. */
  readonly writes: (readonly string[])[] = []
  /** Effects that took place and are not on disk, whenever something was read, done or shown. */
  readonly early: string[] = []
  #acts = 0

  override ports(): Ports {
    const ports = super.ports()
    const { append } = ports.journal
    const look = (what: string): void => {
      if (this.of('acted').length < this.#acts) this.early.push(what)
    }
    return {
      ...ports,
      journal: {
        ...ports.journal,
        append: (records) => {
          this.writes.push(records.map(({ kind }) => kind))
          return append(records)
        },
        publish: (evidence) => {
          look(evidence.event)
          ports.journal.publish(evidence)
        },
      },
      invoke: {
        ...ports.invoke,
        read: (c) => {
          look(c.method)
          return ports.invoke.read(c)
        },
        act: async (c) => {
          look(c.method)
          const effected = await ports.invoke.act(c)
          this.#acts++
          return effected
        },
      },
      clock: {
        ...ports.clock,
        sleep: (ms, signal) => {
          look('sleep')
          return ports.clock.sleep(ms, signal)
        },
      },
      observe: (event) => {
        if (event.kind !== 'recorded' || event.record.kind !== 'intent') look(event.kind)
        ports.observe(event)
      },
    }
  }
}

const effect = (id: string) => action({ id, do: call(id, { effect: 'once', risk: 'adds' }) })

test('two effects in a row: the result of the first lies in one write with the intent of the second', async () => {
  const world = new Watched([runbook([effect('a'), effect('b')], ['a', 'b'])])
  expect(await world.walk()).toMatchObject({ kind: 'closed', outcome: 'ok' })
  expect(world.writes.slice(0, 2)).toEqual([['intent'], ['acted', 'outcome', 'intent']])
  expect(world.early).toEqual([])
  expect(world.events.flatMap((e) => (e.kind === 'recorded' ? [e.record] : [])).map(({ kind }) => kind)).toEqual(
    world.records.slice(1).map(({ kind }) => kind),
  )
})

test('a reading, a retry, evidence for others and the end wait until the result is on disk', async () => {
  const again = call('again', { effect: 'idempotent' })
  const world = new Watched([
    runbook(
      [
        effect('a'),
        check({ id: 'c', check: call('c') }),
        action({ id: 'r', do: again, retry: { max: 2, everyMs: 5 } }),
      ],
      ['a', 'c', 'r'],
      [],
      { records: 'main.done' },
    ),
  ])
  let tries = 0
  world.onAct = ({ method }) => (method === 'again' && ++tries < 3 ? { kind: 'failed', reason: 'busy' } : {})
  expect(await world.walk()).toMatchObject({ kind: 'closed', outcome: 'ok' })
  expect(tries).toBe(3)
  expect(world.published).toEqual(['main.done pass'])
  expect(world.early).toEqual([])
})

test('a result is on disk while another branch is still under way', async () => {
  let release: () => void = () => undefined
  const slow = new Promise<void>((resolve) => {
    release = resolve
  })
  const world = new Watched([
    graph('runbook/main', 'root', [effect('fast'), effect('slow'), block('root', ['fast', 'slow'], 'parallel', 'all')]),
  ])
  const recorded = new Promise<void>((resolve) => {
    world.onAct = async ({ method }) => {
      if (method !== 'slow') return {}
      setImmediate(resolve)
      await slow
      return {}
    }
  })
  const walked = world.walk()
  await recorded
  expect(world.of('acted').map(({ at }) => at.path)).toEqual(['runbook/main#fast'])
  release()
  expect(await walked).toMatchObject({ kind: 'closed', outcome: 'ok' })
})

test('a result is kept where deciding fails behind it', async () => {
  const world = new Watched([runbook([effect('a')], ['a'])])
  const walked = world.walk((at, state) => {
    if ([...state.entries.values()].some(({ attempts }) => attempts.at(-1)?.result !== undefined))
      throw new Error('bug')
    return next(at, state)
  })
  await expect(walked).rejects.toThrow('bug')
  expect(world.of('acted')).toMatchObject([{ result: 'ok' }])
})
