import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { makeCheckpoint } from '../../src/audit/checkpoint.ts'
import { quickCheck } from '../../src/audit/health.ts'
import { loadOrCreateKey } from '../../src/audit/key.ts'
import { ledgerDir, segmentPath } from '../../src/audit/layout.ts'
import { newLog, type Log } from './writing.ts'

function ended(): { readonly log: Log; readonly segment: string; readonly ledger: string } {
  const log = newLog()
  const writer = log.open()
  writer.append({ event: 'seen' })
  writer.close({ outcome: 'ok' })
  expect(quickCheck(log.stateDir)).toEqual({ ok: true, problems: [] })
  const [file = ''] = readdirSync(ledgerDir(log.stateDir))
  return { log, segment: segmentPath(log.stateDir, writer.name), ledger: `${ledgerDir(log.stateDir)}/${file}` }
}
const anchor = ({ stateDir, id, clock }: Log): number =>
  makeCheckpoint(stateDir, loadOrCreateKey(stateDir, 'desk/paper', id()), id('note'), clock.now).size

it('a segment that is gone or shorter is seen', () => {
  const { log, segment } = ended()
  truncateSync(segment, 10)
  expect(quickCheck(log.stateDir).problems).toEqual([expect.stringContaining('it has 10')])
  rmSync(segment)
  expect(quickCheck(log.stateDir).problems).toEqual([expect.stringContaining('it is gone')])
})

it('a ledger that was emptied beside its records is history missing', () => {
  const { log, ledger } = ended()
  writeFileSync(ledger, '')
  const missing = { ok: false, problems: ['history missing: the ledger is empty, and there are records'] }
  expect(quickCheck(log.stateDir)).toEqual(missing)
  rmSync(ledgerDir(log.stateDir), { recursive: true })
  expect(quickCheck(log.stateDir)).toEqual(missing)
})

it('a ledger with fewer lines than a checkpoint signed is history missing', () => {
  const { log, ledger } = ended()
  const before = readFileSync(ledger, 'utf8')
  const size = anchor(log)
  expect(quickCheck(log.stateDir)).toEqual({ ok: true, problems: [] })
  writeFileSync(ledger, before)
  expect(quickCheck(log.stateDir).problems).toEqual([
    `history missing: ${String(size)} lines of the ledger were signed, ${String(size - 1)} are left`,
  ])
})
