/** A halt of a part cancels what it is about, leaves the rest alone, and is released by itself. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(async () => {
  desk = new Desk()
  expect((await desk.run(['status'])).code).toBe(0)
})
afterEach(() => {
  desk.remove()
})

interface Order {
  readonly owner: string
  readonly symbol: string
  readonly type: string
  readonly status: string
}
/** What the desk has open at a venue that was written to: `<symbol> <type>`, sorted. */
function open(venue: string): readonly string[] {
  const path = join(desk.stateDir, 'paper', `venue-${venue}.json`)
  const file = JSON.parse(readFileSync(path, 'utf8')) as { state: { orders: readonly Order[] } }
  return file.state.orders
    .filter(({ owner, status }) => owner === 'desk' && status === 'open')
    .map(({ symbol, type }) => `${symbol} ${type}`)
    .sort()
}

const allAt = {
  primary: ['AAPL stop', 'MSFT limit', 'MSFT stop', 'NVDA stop', 'SPY limit', 'SPY stop'],
  backup: ['AMZN limit', 'AMZN stop', 'QQQ limit', 'QQQ stop'],
}
const allowed = (about: Readonly<Record<string, string>>): string =>
  mayTrade({ stateDir: desk.stateDir, model: 'signal', ...about }).allowed

it('a symbol: its orders go, at every venue, and its stop is named', async () => {
  const { code, value } = await desk.json(['kill', '--scope', 'symbol:aapl'])
  expect([code, value]).toMatchObject([
    0,
    {
      desks: [
        {
          scope: 'symbol:AAPL',
          verified: true,
          venues: [{ id: 'primary' }, { id: 'backup' }],
          stops: [{ venue: 'primary', symbol: 'AAPL', side: 'sell', quantity: '300' }],
        },
      ],
    },
  ])
  expect([open('primary'), open('backup')]).toEqual([
    allAt.primary.filter((order) => !order.startsWith('AAPL')),
    allAt.backup,
  ])
  expect([allowed({ venue: 'primary', symbol: 'AAPL' }), allowed({ venue: 'primary', symbol: 'MSFT' })]).toEqual([
    'none',
    'all',
  ])
})

it('a venue: its orders go, the other venue is not touched', async () => {
  // Has both venues written down as they are.
  expect((await desk.run(['kill', '--scope', 'symbol:TSLA'])).code).toBe(0)
  const { code, value } = await desk.json(['kill', '--scope', 'venue:primary'])
  expect([code, value]).toMatchObject([
    0,
    { desks: [{ scope: 'venue:primary', venues: [{ id: 'primary', open: 0 }] }] },
  ])
  expect([open('primary'), open('backup')]).toEqual([[], allAt.backup])
  expect([allowed({ venue: 'primary', symbol: 'MSFT' }), allowed({ venue: 'backup', symbol: 'QQQ' })]).toEqual([
    'none',
    'all',
  ])
})

it('a model: orders do not say which model sent them, so all go; the rest of the desk may trade', async () => {
  const { code, stdout } = await desk.run(['kill', '--scope', 'model:signal'])
  expect(code).toBe(0)
  expect(stdout).toContain('all were cancelled')
  expect([open('primary'), open('backup')]).toEqual([[], []])
  expect(mayTrade({ stateDir: desk.stateDir, model: 'signal' }).allowed).toBe('none')
  expect(mayTrade({ stateDir: desk.stateDir, venue: 'primary' }).allowed).toBe('all')
})

it('a venue that is not there: halted all the same, and nothing is called verified', async () => {
  const { code, value, stderr } = await desk.json(['kill', '--scope', 'venue:primry'])
  expect([code, value]).toMatchObject([2, { desks: [{ halted: true, verified: false }] }])
  expect(stderr).toContain('there is no venue primry here')
})

it('stops that a halt took away come back by what it names', async () => {
  const { stdout } = await desk.run(['kill'])
  expect(stdout).toMatch(/stops {3}cancelled too: AAPL sell 300 at [\d.]+,[^)]*and 3 more/)
  expect(stdout).toContain('next    desk runbook restore-stops, then: desk tree post-incident')
  expect((await desk.run(['runbook', 'restore-stops'])).code).toBe(0)
  const stops = [...allAt.primary, ...allAt.backup].filter((order) => order.endsWith('stop'))
  expect([...open('primary'), ...open('backup')]).toEqual(stops)
})
