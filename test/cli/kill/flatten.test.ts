import { expect, test } from 'vitest'
import type { HaltRecord } from '../../../src/killswitch/halt-record.ts'
import { engage } from '../../../src/killswitch/engage.ts'
import { recordHalt } from '../../../src/killswitch/halt-record.ts'
import { flatten } from '../../../src/cli/kill/flatten.ts'
import type { Closing } from '../../../src/cli/kill/venues.ts'
import { freshDesk } from '../../killswitch/support.ts'

const id = 'halt-01arz3ndektsv4rrffq69g5fav'

function halted(): { readonly stateDir: string; readonly record: HaltRecord } {
  const { stateDir, means } = freshDesk()
  const ref = { profile: 'paper', name: 'paper', stateDir } as const
  const engaged = engage(ref, { scope: { kind: 'all' }, id, note: '' })
  return { stateDir, record: recordHalt(engaged, { id, by: 'oncall', reason: '' }, means) }
}

function closing(became: 'done' | 'not-done' | 'cannot-tell'): Closing & { readonly closed: string[] } {
  const closed: string[] = []
  return {
    closed,
    close: (_venue, key) => {
      closed.push(key)
      return Promise.resolve('done')
    },
    lookup: () => Promise.resolve(became),
  }
}

/** A process that died between saying that it will and hearing that it was done. */
test.each([
  ['done', 0, 'done once in this halt', 'done-before'],
  ['not-done', 1, undefined, 'done'],
  ['cannot-tell', 0, 'nobody knows what became of it', 'unknown'],
] as const)(
  'an earlier one without an outcome, which the venue calls %s, is sent %d times more',
  async (became, times, said, state) => {
    const { stateDir, record } = halted()
    const key = `flatten-${record.id}-primary`
    record.append({ event: 'halt.flatten', data: { venue: 'primary', halt: record.id, key } })
    const at = closing(became)
    const words = await flatten(
      { stateDir, scope: { kind: 'all' }, halt: record.id, venues: ['primary'], closing: at },
      record,
    )
    expect(at.closed).toEqual(Array.from({ length: times }, () => key))
    expect(words.problems).toEqual(said === undefined ? [] : [expect.stringContaining(said)])
    expect(words.venues).toEqual([{ venue: 'primary', state }])
  },
)

test('another halt is another one', async () => {
  const { stateDir, record } = halted()
  record.append({ event: 'halt.flattened', data: { venue: 'primary', halt: 'halt-0', key: 'k', answer: 'done' } })
  const at = closing('cannot-tell')
  const asked = { stateDir, scope: { kind: 'all' }, halt: record.id, venues: ['primary'], closing: at } as const
  expect(await flatten(asked, record)).toEqual({ venues: [{ venue: 'primary', state: 'done' }], problems: [] })
  expect(at.closed).toEqual([`flatten-${record.id}-primary`])
})
