/** A waiver is believed for its own gate, until it ends, and only as long as its record is whole. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { recordEvidence } from '../../src/audit/evidence.ts'
import { readLedger } from '../../src/audit/ledger-read.ts'
import { segmentPath } from '../../src/audit/layout.ts'
import { waiverEvent, waiverIn } from '../../src/audit/waiver.ts'
import { newLog, start } from './writing.ts'

const place = 'gates/weekly#W2'
const until = new Date(Date.parse(start) + 3_600_000).toISOString()
const waiver = { by: 'risk', reason: 'agreed', until }

function waived(observed: unknown = waiver) {
  const log = newLog()
  const writer = log.open()
  recordEvidence(log.stateDir, writer, { event: waiverEvent, status: 'waived', scope: place, observed }, log.clock.now)
  writer.close()
  const lines = readLedger(log.stateDir).lines.flatMap(({ value }) => (value.kind === 'evidence' ? [value] : []))
  const at = (ms: number, asked = place) => waiverIn(lines, asked, log.stateDir, Date.parse(start) + ms)
  return { at, path: segmentPath(log.stateDir, writer.name) }
}

it('is in force until it ends, for its own gate', () => {
  const { at } = waived()
  expect(at(1000)).toEqual(waiver)
  expect(at(3_599_999)).toEqual(waiver)
  expect(at(3_600_000)).toBeUndefined()
  expect(at(1000, 'gates/weekly#W3')).toBeUndefined()
})

it('is none before it was given, without its words, or as what a document records', () => {
  expect(waived().at(-1)).toBeUndefined()
  expect(waived({ by: 'risk', reason: 'agreed' }).at(1000)).toBeUndefined()
  expect(waived({ ...waiver, until: 'some day' }).at(1000)).toBeUndefined()
  const log = newLog()
  const writer = log.open()
  recordEvidence(log.stateDir, writer, { event: waiverEvent, status: 'pass', observed: waiver }, log.clock.now)
  writer.close()
  const lines = readLedger(log.stateDir).lines.flatMap(({ value }) => (value.kind === 'evidence' ? [value] : []))
  expect(waiverIn(lines, place, log.stateDir, Date.parse(start) + 1000)).toBeUndefined()
})

it('is none where its record was changed', () => {
  const { at, path } = waived()
  writeFileSync(path, readFileSync(path, 'utf8').replace('agreed', 'forged'))
  expect(at(1000)).toBeUndefined()
  const other = waived()
  appendFileSync(other.path, 'not a record\n')
  expect(other.at(1000)).toBeUndefined()
})
