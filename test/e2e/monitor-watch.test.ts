/** A watch by the built program: it reads what passes, walks what fires, says what it cannot read, and ends when it is told to. */
import { renameSync, statSync, writeFileSync } from 'node:fs'
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
) => {
  let isKilled = false
  return desk.run(['monitor', 'watch', ...more], {
    env: real,
    onStart: (kill) => {
      stop = kill
    },
    onStdout: (text, kill) => {
      // Once: a second signal would end a process that is about to exit by itself.
      if (isKilled || !seen(text)) return
      isKilled = true
      kill(signal)
    },
  })
}

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

it('a terminal that went away is no clean end, and a clock that stands still is no watch', async () => {
  const hungUp = await watchUntil((text) => text.includes('watching'), 'SIGHUP')
  expect(hungUp.code).toBe(129)
  const standing = await desk.run(['monitor', 'watch', '--json'])
  expect([standing.code, JSON.parse(standing.stdout)]).toMatchObject([64, { error: { hint: 'unset DESK_NOW' } }])
})

it('where the log cannot be written the watch says what fires, and ends', async () => {
  await desk.fault('host-silent')
  const segments = join(desk.stateDir, 'audit', 'segments')
  const watched = watchUntil((text) => {
    if (text.includes('watching')) breakDirectory(segments)
    return false
  })
  const { code, stdout, stderr } = await watched
  expect([code, stdout, stderr]).toEqual([
    73,
    expect.stringMatching(/fail +server-alive/),
    expect.stringContaining('audit log'),
  ])
})

it('where nothing can be looked at any more the watch ends, and says why', async () => {
  await desk.run(['status'])
  const watched = await watchUntil((text) => {
    if (text.includes('watching')) breakDirectory(desk.stateDir)
    return false
  })
  expect(watched.code).not.toBe(0)
  expect(watched.stderr).toMatch(/^desk: /m)
}, 120_000)

/** A file stands where the directory was. */
function breakDirectory(path: string): void {
  if (!statSync(path).isDirectory()) return
  renameSync(path, `${path}.away`)
  writeFileSync(path, '')
}
