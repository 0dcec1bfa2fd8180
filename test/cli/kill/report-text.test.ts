/** What stands below the first line of a halt is true, and fits. */
import { expect, it } from 'vitest'
import { finishedOf } from '../../../src/cli/kill/finished.ts'
import { reportLines } from '../../../src/cli/kill/report-text.ts'
import { engage, haltDisk, type Engaged } from '../../../src/killswitch/engage.ts'
import type { VenueOutcome } from '../../../src/killswitch/aftermath.ts'
import { freshDesk } from '../../killswitch/support.ts'

const stop = (symbol: string) => ({ symbol, side: 'sell', quantity: '300', stopPrice: '219.35' }) as const
const venue = (open: number): VenueOutcome => ({
  ...{ id: 'primary', open, pendingCancel: 0, unknown: 0, unreachable: false },
  stops: [stop('AAPL'), stop('MSFT'), stop('NVDA'), stop('GOOG')],
})

function told(engaged: Engaged, venues: readonly VenueOutcome[]) {
  const ended = { engaged, by: 'oncall', reason: '', epoch: 'halt-1', isExtra: false, venues, peers: [], more: [] }
  const { report } = finishedOf({ ...ended, unrecorded: undefined, flattened: undefined })
  return { report, text: reportLines(report, venues) }
}

/** Another user's desk: nothing may be looked for, nothing removed. */
function refused(): Engaged {
  const { stateDir } = freshDesk()
  const deny = (): never => {
    throw Object.assign(new Error('EACCES'), { code: 'EACCES' })
  }
  const desk = { profile: 'paper', name: 'paper', stateDir } as const
  const order = { scope: { kind: 'all' }, id: 'halt-1', note: '' } as const
  const engaged = engage(desk, order, { ...haltDisk, unlink: deny, list: deny })
  // A name that is too long can be looked for by nobody either, root included.
  const unreadable = { ...desk, stateDir: `${stateDir}/${'x'.repeat(300)}` }
  return { ...engaged, desk: unreadable, before: { ...engaged.before, kind: 'desk', ...nothing }, already: true }
}
const nothing = { state: 'HALTED', sizeMultiplier: 0, size: 0.25, orderRate: 1 } as const

it('a desk that is not halted was not HALTED already where nobody can tell', () => {
  const { report, text } = told(refused(), [venue(7)])
  expect(report).toMatchObject({ halted: false, already: false, before: 'UNKNOWN' })
  expect(text).not.toContain('HALTED already')
  expect(text).toContain('paper may be trading, nobody can tell: ')
  expect(text).toMatch(/^ {2}attempt halt-1, by oncall$/m)
  // Orders are left, so nothing is said to be cancelled.
  expect(text).not.toContain('cancelled too')
})

it('stops are told whole, in lines of 80 columns', () => {
  const { stateDir } = freshDesk()
  const order = { scope: { kind: 'all' }, id: 'halt-1', note: '' } as const
  const { text } = told(engage({ profile: 'paper', name: 'paper', stateDir }, order), [venue(0)])
  const at = text.split('\n').findIndex((line) => line.startsWith('  stops'))
  expect(text.split('\n').slice(at, at + 2)).toEqual([
    '  stops   cancelled too: AAPL sell 300 at 219.35, MSFT sell 300 at 219.35,',
    '          NVDA sell 300 at 219.35, and 1 more',
  ])
})
