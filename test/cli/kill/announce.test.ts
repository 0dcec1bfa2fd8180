import { expect, test } from 'vitest'
import { announce } from '../../../src/cli/kill/announce.ts'
import type { Adapter, Effected } from '../../../src/ports/adapter.ts'

const told = { desk: 'equities', halt: 'halt-1', scope: 'venue:primary', by: 'oncall', reason: 'wrong fills' }

function adapter(act: (method: string) => Promise<Effected>): Adapter & { readonly sent: string[] } {
  const sent: string[] = []
  return {
    name: 'people',
    has: new Set<string>(),
    sent,
    read: () => Promise.reject(new Error('nothing is read')),
    lookup: () => Promise.reject(new Error('nothing is looked up')),
    act: ({ method, args, key }) => {
      sent.push(`${key} ${JSON.stringify(args)}`)
      return act(method)
    },
  }
}

test('the incident and the page go out at once, under keys of the halt', async () => {
  const done = { kind: 'done', value: {}, asOf: '', source: '' } as const
  const people = adapter(() => Promise.resolve(done))
  expect(await announce(people, told)).toEqual([])
  expect(people.sent.map((each) => each.split(' ')[0])).toEqual(['open-halt-1', 'page-halt-1'])
  for (const each of people.sent) expect(each).toMatch(/commander.*wrong fills|wrong fills.*commander/)
  expect(people.sent[0]).toContain('equities venue:primary')
})

test('what fails is said, and keeps nothing else from going out', async () => {
  const people = adapter((method) =>
    method === 'open'
      ? Promise.reject(new Error('gone'))
      : Promise.resolve({ kind: 'failed', reason: 'nobody is on duty', source: '' }),
  )
  expect(await announce(people, told)).toEqual([
    'no incident was opened: gone',
    'nobody was asked to take command: nobody is on duty',
  ])
})
