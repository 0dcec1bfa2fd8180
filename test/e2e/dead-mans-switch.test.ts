/** A venue's timer that cancels everything is set anew while trading goes on, never by a halted desk, and never to zero. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { addRunbooks } from '../support/procedures.ts'

let desk: Desk
let env: Readonly<Record<string, string>>
const setting = (seconds: number): string => `  - id: set
    title: Have the venue cancel everything unless it hears of us
    do: venue.cancelAllOrdersAfter
    with: { venue: primary, seconds: ${String(seconds)} }`
beforeEach(() => {
  desk = new Desk()
  env = addRunbooks(desk, { alive: setting(60), disarmed: setting(0) })
})
afterEach(() => {
  desk.remove()
})

it('is refreshed while the desk trades', async () => {
  expect((await desk.run(['runbook', 'alive'], { env })).code).toBe(0)
})

it('runs out once the desk is halted', async () => {
  expect((await desk.run(['runbook', 'alive'], { env })).code).toBe(0)
  expect((await desk.run(['kill'])).code).toBe(0)
  const ran = await desk.run(['runbook', 'alive', '--json'], { env })
  expect(ran.code).toBe(4)
  expect(JSON.parse(ran.stdout)).toMatchObject({ run: { status: 'refused' } })
  expect(ran.stdout).toContain("a halt lets the dead man's switch run out")
})

it('is not disarmed, whether the desk trades or not', async () => {
  expect((await desk.run(['runbook', 'disarmed'], { env })).code).not.toBe(0)
  expect((await desk.run(['kill'])).code).toBe(0)
  expect((await desk.run(['runbook', 'disarmed'], { env })).code).toBe(4)
})
