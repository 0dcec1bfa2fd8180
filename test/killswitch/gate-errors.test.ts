/** A disk that answers with an error in place of "not there". */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { freshDesk } from './support.ts'

const failing = vi.hoisted(() => ({ name: '' }))
vi.mock(import('node:fs'), async (original) => {
  const fs = await original()
  const lstatSync = new Proxy(fs.lstatSync, {
    apply(target, self, args: Parameters<typeof fs.lstatSync>) {
      if (failing.name !== '' && String(args[0]).endsWith(failing.name)) throw new Error('EIO')
      return Reflect.apply(target, self, args)
    },
  })
  return { ...fs, lstatSync }
})
beforeEach(() => {
  failing.name = ''
})

test.each(['hold-symbol=AAPL', 'hold-reduce-symbol=AAPL'])('an error at %s denies, whatever is there', (name) => {
  const { stateDir, permit } = freshDesk()
  const ask = { stateDir, symbol: 'aapl' }
  expect(mayTrade(ask).allowed).toBe('all')
  failing.name = name
  expect(mayTrade(ask).allowed).toBe('none')
  writeFileSync(join(permit, 'hold-reduce-symbol=AAPL'), '')
  expect(mayTrade(ask).allowed).toBe('none')
  expect(mayTrade({ ...ask, symbol: 'MSFT' }).allowed).toBe('all')
})
