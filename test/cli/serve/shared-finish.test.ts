import { expect, it } from 'vitest'
import type { Halted } from '../../../src/cli/kill/halt-now.ts'
import { sharingFinish } from '../../../src/cli/serve/shared-finish.ts'

const halted = (id: string, already: boolean, isHalted = true): Halted => ({
  id,
  engaged: {
    desk: { profile: 'paper', name: 'paper', stateDir: '/desk' },
    scope: { kind: 'all' },
    widened: false,
    tokens: [],
    before: { kind: 'absent' },
    already,
    halted: isHalted,
    troubles: [],
  },
})

/** Finishes when it is told to. */
function byHand(): { act: (all: readonly Halted[]) => Promise<string>; acts: string[]; end: () => void } {
  const acts: string[] = []
  const ends: (() => void)[] = []
  return {
    acts,
    act: (all) => {
      const ids = all.map(({ id }) => id).join()
      acts.push(ids)
      return new Promise((resolve) =>
        ends.push(() => {
          resolve(ids)
        }),
      )
    },
    end: () => ends.shift()?.(),
  }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('the first is finished at once, and all that come meanwhile together afterwards', async () => {
  const { finish, settled } = sharingFinish<string>()
  const { act, acts, end } = byHand()
  const answers = ['a', 'b', 'c', 'd'].map((id) => finish('all', [halted(id, id !== 'a')], act))
  expect(acts).toEqual(['a'])
  end()
  await turn()
  expect(acts).toEqual(['a', 'd'])
  end()
  expect(await Promise.all(answers)).toEqual(['a', 'd', 'd', 'd'])
  await settled()
  void finish('all', [halted('e', true)], act)
  expect(acts).toEqual(['a', 'd', 'e'])
})

it('other words do not wait', () => {
  const { finish } = sharingFinish<string>()
  const { act, acts } = byHand()
  void finish('all', [halted('a', false)], act)
  void finish('venue:x', [halted('b', false)], act)
  expect(acts).toEqual(['a', 'b'])
})

it('of those that share the one that changed something is put on record, but never a success for a failure', async () => {
  const { finish } = sharingFinish<string>()
  const { act, acts, end } = byHand()
  void finish('all', [halted('a', false)], act)
  void finish('all', [halted('released-before', false)], act)
  void finish('all', [halted('c', true)], act)
  end()
  await turn()
  expect(acts).toEqual(['a', 'released-before'])
  void finish('all', [halted('d', false)], act)
  void finish('all', [halted('failed', false, false)], act)
  end()
  await turn()
  expect(acts.at(-1)).toBe('failed')
})

it('one that fails keeps nobody else from being finished', async () => {
  const { finish, settled } = sharingFinish<string>()
  const failing = finish('all', [halted('a', false)], () => Promise.reject(new Error('the disk')))
  const { act, acts, end } = byHand()
  const after = finish('all', [halted('b', true)], act)
  await expect(failing).rejects.toThrow('the disk')
  await turn()
  expect(acts).toEqual(['b'])
  end()
  expect(await after).toBe('b')
  await settled()
})
