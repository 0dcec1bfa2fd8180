/** Seen on peers: what a probe echoes goes into journal, log and screen as it is, the password with it. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { deskWith, filesIn, newestRun, step } from './marking.ts'

const secret = 'hunter2/pa=ss&word'

it.each([
  ['that succeeds', 'cat key'],
  ['that fails', 'cat key >&2; exit 1'],
  ['that spells it otherwise', 'base64 key; sed s_/_%2F_g\\;s_=_%3D_g\\;s_\\&_%26_g key'],
])('a secret echoed by a program %s is in no file and on no screen', async (_which, script) => {
  const { desk, env } = deskWith(
    { echoing: `${step('echo', script)}\n    save: said\n${step('again', 'echo again')}` },
    `secrets: ['${secret}']\n`,
  )
  writeFileSync(join(desk.dir, 'key'), secret)
  const ran = await desk.run(['runbook', 'echoing'], { env })
  const run = String((await newestRun(desk))['run'])
  const seen = [
    ran,
    await desk.run(['run', 'show', run], { env }),
    await desk.run(['run', 'show', run, '--json'], { env }),
    await desk.run(['audit', 'tail'], { env }),
  ].map(({ stdout, stderr }) => stdout + stderr)
  const written = filesIn(desk.stateDir).map((file) => readFileSync(file, 'utf8'))
  expect(written.length).toBeGreaterThan(3)
  for (const spelling of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), 'hunter2'])
    for (const text of [...seen, ...written]) expect(text).not.toContain(spelling)
  expect(written.join('')).toContain('[redacted]')
})
