/** Every class of difference, made by a fault of the paper desk, found, taken over, and gone. */
import { expect, test } from 'vitest'
import type { FaultId } from '../../../src/adapters/paper/faults.ts'
import { setFault } from '../../../src/adapters/paper/switch-fault.ts'
import type { Adapter } from '../../../src/ports/adapter.ts'
import { differenceClasses } from '../../../src/ports/reconciliation.ts'
import { composed, paperDesk } from '../desk/support.ts'
import { callOf } from '../support.ts'

interface Found {
  readonly count: number
  readonly comparison: string
  readonly differences: readonly { class: string; symbol: string; internal: string; broker: string }[]
}
async function compare(adapter: Adapter): Promise<Found> {
  const reading = await adapter.read(callOf('reconciliation.compare'))
  if (reading.kind !== 'value') throw new Error(reading.reason)
  return reading.value as Found
}
const adjust = (adapter: Adapter, comparison: string) =>
  adapter.act({ ...callOf('reconciliation.adjust', { comparison }), key: comparison })

type Case = readonly [name: string, faults: readonly FaultId[], symbol: string, internal: string, broker: string]
const cases: readonly Case[] = [
  ['filled-not-reported', ['acks-lost'], 'AAPL', '300', '320'],
  ['reported-not-filled', ['fill-never-happened'], 'AAPL', '310', '300'],
  ['duplicate', ['duplicate-fills'], 'AAPL', '340', '320'],
  ['quantity-mismatch', ['position-drift'], 'MSFT', '120', '127'],
  ['side-flip', ['side-flipped'], 'SPY', '40', '60'],
  ['external-order', ['external-order'], 'SPY', '0', '5'],
  ['external-position', ['external-position'], 'QQQ', '0', '15'],
  ['order-state', ['orders-unresolved'], 'MSFT', '40', '0'],
  ['average-price', ['average-price-off'], 'MSFT', '417.85', '417.80'],
  ['cash', ['cash-off'], 'USD', '999862.5', '1000000'],
  ['corporate-action', ['split-unbooked'], 'NVDA', '-200', '-400'],
  ['unknown', ['duplicate-fills', 'fill-never-happened'], 'AAPL', '350', '320'],
]

test('there is a case for every class', () => {
  expect(cases.map(([name]) => name).sort()).toEqual([...differenceClasses].sort())
})

test.each(cases)('%s', async (name, faults, symbol, internal, broker) => {
  const desk = paperDesk()
  const { adapter } = composed(desk)
  expect((await compare(adapter)).count).toBe(0)
  for (const fault of faults) await setFault(desk, fault, true)
  const found = await compare(adapter)
  expect(found.differences).toMatchObject([{ class: name, symbol, internal, broker }])
  desk.clock.forward(1000)
  const again = await compare(adapter)
  expect(await adjust(adapter, again.comparison)).toMatchObject({ kind: 'done', value: { adjusted: 1 } })
  expect((await compare(adapter)).count).toBe(0)
  // What was taken over stays right when the cause is gone.
  desk.clock.forward(1000)
  for (const fault of faults) await setFault(desk, fault, false)
  expect((await compare(adapter)).differences).toEqual([])
})

test.each(cases)('%s is gone with its cause where nobody adjusted', async (_name, faults) => {
  const desk = paperDesk()
  const { adapter } = composed(desk)
  for (const fault of faults) await setFault(desk, fault, true)
  desk.clock.forward(1000)
  for (const fault of faults.toReversed()) await setFault(desk, fault, false)
  expect((await compare(adapter)).differences).toEqual([])
})
