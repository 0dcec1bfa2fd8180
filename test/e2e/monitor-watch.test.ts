/** A watch by the built program: it reads what passes, walks what fires, says what it cannot read, and ends when it is told to. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk(new Date().toISOString())
})
afterEach(() => {
  desk.remove()
})
let stop: (signal: NodeJS.Signals) => void = () => undefined
const real = { DESK_NOW: '' }
const watchUntil = (
  seen: (text: string) => boolean,
  signal: NodeJS.Signals = 'SIGTERM',
  more: readonly string[] = [],
) =>
  desk.run(['monitor', 'watch', ...more], {
    env: real,
    onStart: (kill) => {
      stop = kill
    },
    onStdout: (text, kill) => {
      if (seen(text)) kill(signal)
    },
  })

it.each(['SIGINT', 'SIGTERM'] as const)('%s ends it cleanly', async (signal) => {
  const { code, stdout } = await watchUntil((text) => text.includes('watching'), signal)
  expect([code, stdout]).toEqual([0, 'watching 37 monitors and 6 classes of incidents of paper\nstopped watching\n'])
})

it('what fires does what a check does: its hold stands, its alert is raised, and its own pass lets go', async () => {
  await desk.fault('host-silent')
  const fired = await watchUntil((text) => text.includes('server-alive (critical)'))
  expect(fired.code).toBe(0)
  expect((await desk.run(['hold', 'list'])).stdout).toContain('by monitors/system/server-alive')
  expect((await desk.run(['audit', 'search', '--event', 'intent', '--json'])).stdout).toContain('"name":"server-alive"')
  await desk.fault('host-silent', false)
  const lifting = watchUntil(() => false)
  for (let i = 0; i < 40; i++) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    if ((await desk.run(['hold', 'list'])).stdout === 'nothing is held\n') break
  }
  stop('SIGTERM')
  await lifting
  expect((await desk.run(['hold', 'list'])).stdout).toBe('nothing is held\n')
}, 120_000)

it('what passes leaves nothing in the log', async () => {
  await desk.run(['status'])
  const records = async () => (await desk.run(['audit', 'search', '--event', 'opened', '--json'])).stdout
  const before = await records()
  const watched = watchUntil(() => false)
  await new Promise((resolve) => setTimeout(resolve, 4000))
  stop('SIGTERM')
  expect((await watched).code).toBe(0)
  expect(await records()).toBe(before)
})

it('what cannot be read is undetermined, and said so', async () => {
  const config = join(desk.dir, 'desk.config.yaml')
  writeFileSync(config, 'adapters: [{ serves: [risk], kind: exec, command: [/bin/false] }]\n')
  const { stdout } = await watchUntil((text) => text.includes('var-critical'), 'SIGTERM', ['--config', config])
  expect(stdout).toMatch(/undetermined {2}(?:\S+ \(|risk-breach cannot be told)/)
})

it('a set that does not compile is not left out in silence: nothing is watched', async () => {
  const config = join(desk.dir, 'desk.config.yaml')
  const folder = join(desk.dir, 'own', 'monitors')
  const { mkdirSync } = await import('node:fs')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'mine.yaml'), 'kind: monitors\nid: mine\n')
  writeFileSync(config, 'documents: [own]\n')
  const watched = await desk.run(['monitor', 'watch', '--config', config], { env: real })
  expect([watched.code, watched.stdout]).toEqual([65, ''])
  expect((await desk.run(['monitor', 'rules', '--as', 'prometheus', '--config', config])).code).toBe(65)
})
