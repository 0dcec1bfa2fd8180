/** Gates whose run was parked and taken up when their window had closed. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { fields } from '../support/json-answers.ts'
import { Transcript } from '../support/transcript.ts'

let desk: Desk
let env: Readonly<Record<string, string>>
beforeEach(() => {
  desk = new Desk()
  const folder = join(desk.dir, 'procedures', 'gates')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'own.yaml'), set)
  writeFileSync(join(desk.dir, 'desk.config.yaml'), 'documents: [procedures]\n')
  env = { DESK_CONFIG: join(desk.dir, 'desk.config.yaml') }
})
afterEach(() => {
  desk.remove()
})

const set = `kind: gates
id: own
title: Gates of this desk
cadence: daily
calendar: XNYS
source: desk
gates:
  - id: A1
    title: Somebody has looked at the screens
    due: { from: open - 30m, to: open }
    market_time: true
    attest: { role: risk, ask: What did you see? }
    on_fail:
      - hold: { scope: desk, kind: no-new }
  - id: A2
    title: Nothing is stale
    due: { from: open - 30m, to: open }
    market_time: true
    check: data.freshness
    expect: result.stale == 0
  - id: A3
    title: Somebody has signed off the day before
    due: { from: close, to: next open - 30m }
    attest: { role: risk, ask: Who signed? }
`
const statuses = (value: Record<string, unknown>): string =>
  (Array.isArray(value['gates']) ? value['gates'].map(fields) : [])
    .map(({ id, status }) => `${String(id)} ${String(status)}`)
    .join(', ')

async function parked(): Promise<string> {
  const ran = await desk.json(['gates', 'own'], { env })
  expect([ran.code, statuses(ran.value)]).toEqual([3, 'A1 waiting, A2 pending, A3 pending'])
  return String(fields(ran.value['run'])['id'])
}
const answers = ['--answer', 'A1=all green', '--answer', 'A3=risk']

it('in its window a gate is answered and passes', async () => {
  const run = await parked()
  const on = await desk.json(['run', 'continue', run, ...answers], { env })
  expect([on.code, statuses(on.value)]).toEqual([0, 'A1 pass, A2 pass, A3 pass'])
})

it('afterwards what belongs to market time is missed, whatever is answered, and holds nothing', async () => {
  const run = await parked()
  desk.at('2026-11-20T10:00:00-05:00')
  expect(statuses((await desk.json(['run', 'show', run], { env })).value)).toBe('A1 missed, A2 missed, A3 pending')
  const on = await desk.json(['run', 'continue', run, ...answers], { env })
  expect([on.code, statuses(on.value)]).toEqual([1, 'A1 missed, A2 missed, A3 pass'])
  const [first] = Array.isArray(on.value['gates']) ? on.value['gates'].map(fields) : []
  expect(first?.['reason']).toContain('its window closed at 2026-11-20T14:30')
  expect((await desk.json(['status'], { env })).value['holds']).toEqual([])
  const again = await desk.json(['gates', 'own'], { env })
  expect([again.code, statuses(again.value)]).toEqual([1, 'A1 missed, A2 missed, A3 pass'])
  expect(statuses((await desk.json(['run', 'show', run], { env })).value)).toBe('A1 missed, A2 missed, A3 pass')
})

it('the next day has windows of its own', async () => {
  await parked()
  desk.at('2026-11-23T09:05:00-05:00')
  expect(statuses((await desk.json(['gates', 'own'], { env })).value)).toBe('A1 waiting, A2 pending, A3 pending')
})

it('is told word for word', async () => {
  const run = await parked()
  desk.at('2026-11-20T10:00:00-05:00')
  const seen = new Transcript('gates-late', desk)
  const config = { env: { DESK_CONFIG: 'desk.config.yaml' } }
  await seen.run(['run', 'continue', run, ...answers], config)
  seen.check()
})
