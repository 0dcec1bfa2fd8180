/** A simulation acts on a throwaway paper desk and nowhere else. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { addRunbooks } from '../support/procedures.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

it('runs no program of a step', async () => {
  const touched = join(desk.dir, 'touched')
  const env = addRunbooks(desk, {
    touching: `  - id: touch
    title: Touch a file
    do: exec.run
    with: { file: touch, args: ['${touched}'] }`,
  })
  const simulated = await desk.run(['runbook', 'touching', '--simulate'], { env })
  expect(simulated.stdout).toContain('a simulation sends nothing')
  expect(simulated.code).toBe(1)
  expect(existsSync(touched)).toBe(false)
  expect((await desk.run(['runbook', 'touching'], { env })).code).toBe(0)
  expect(existsSync(touched)).toBe(true)
})

it('calls the desk that it halts a copy', async () => {
  const simulated = await desk.run(['runbook', 'killswitch', '--simulate', '--set', 'reason=practice'])
  expect(simulated.stdout).toContain('paper (copy)  TRADING')
  expect(simulated.stdout).toContain('paper (copy) is now HALTED')
  expect((await desk.run(['status', '--exit-code'])).code).toBe(0)
})
