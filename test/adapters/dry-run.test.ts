import * as fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { dryRun } from '../../src/adapters/dry-run.ts'
import { catalogue } from '../../src/ports/catalogue.ts'
import { adapterWith, callOf, valueOf } from './support.ts'

test('whatever is called, no effect reaches the adapter', async () => {
  const act = vi.fn()
  const lookup = vi.fn()
  const read = vi.fn(() => valueOf({}))
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...catalogue.keys()), fc.boolean(), async (name, offline) => {
      const adapter = dryRun(adapterWith({ read, act, lookup }), { offline })
      await adapter.read(callOf(name))
      expect(() => adapter.act(callOf(name))).toThrow(`a dry run was about to call ${name}`)
      expect(await adapter.lookup(callOf(name))).toMatchObject({ kind: 'cannot-tell' })
    }),
  )
  expect(act).not.toHaveBeenCalled()
  expect(lookup).not.toHaveBeenCalled()
  expect(read).toHaveBeenCalled()
})

test('online readings pass, offline nothing is asked', async () => {
  const read = vi.fn(() => valueOf({ n: 1 }))
  const adapter = adapterWith({ read })
  expect(await dryRun(adapter, { offline: false }).read(callOf('venue.ping'))).toEqual(valueOf({ n: 1 }))
  read.mockClear()
  expect(await dryRun(adapter, { offline: true }).read(callOf('venue.ping'))).toMatchObject({
    kind: 'failure',
    reason: 'offline',
  })
  expect(read).not.toHaveBeenCalled()
})
