import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { boot, run } from '../../../src/cli/commands/doctor.ts'
import { system } from '../../../src/cli/deps.ts'
import { quietContext } from '../../support/in-process.ts'
import { fields, listOf } from '../../support/json-answers.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'desk-test-'))
})
afterEach(() => {
  rmSync(dir, { recursive: true })
})

/** What is said of the operators of a desk with this configuration. */
async function operatorsOf(profile: 'paper' | 'live', configuration: string): Promise<unknown> {
  const stateDir = join(dir, 'state')
  mkdirSync(stateDir)
  const liveRegistry = join(dir, 'live')
  writeFileSync(liveRegistry, `equities ${stateDir}\n`)
  const config = join(dir, 'desk.config.yaml')
  writeFileSync(config, configuration)
  const { context, printed } = quietContext('2026-11-20T09:05:00-05:00', stateDir)
  const { DESK_STATE_DIR: _, ...env } = context.deps.env
  await run(
    {},
    {
      ...context,
      deps: { ...context.deps, env: profile === 'live' ? env : context.deps.env, system: { ...system, liveRegistry } },
      globals: { ...context.globals, profile, config },
    },
  )
  const said: unknown = JSON.parse(printed())
  return listOf(fields(said)['checks']).find(({ title }) => title === 'operators')
}
const operator = (id: string): string => `  - { id: ${id}, roles: [oncall] }\n`

test('a live desk that names nobody can be halted and nothing else', async () => {
  expect(await operatorsOf('live', 'desk: { name: equities }\n')).toMatchObject({
    status: 'fail',
    detail: 'no operators: nobody can answer, approve or release',
  })
})
test('one operator cannot release', async () => {
  expect(await operatorsOf('live', `operators:\n${operator('ann')}`)).toMatchObject({
    status: 'fail',
    detail: 'ann: a release takes two people',
  })
})
test('two can', async () => {
  expect(await operatorsOf('live', `operators:\n${operator('ann')}${operator('ben')}`)).toMatchObject({
    status: 'pass',
    detail: 'ann, ben',
  })
})
test('the paper desk needs none', async () => {
  expect(await operatorsOf('paper', 'desk: { name: paper }\n')).toMatchObject({
    status: 'pass',
    detail: 'no operators',
  })
})

test('a machine that does not tell its boot is fit for nothing', () => {
  expect(boot(undefined)).toMatchObject({ status: 'fail', exit: 2, hint: expect.stringContaining('/proc') as string })
  expect(boot('d1fa9ede-bb17-4870-94ff-6ee398e39134')).toMatchObject({ status: 'pass' })
})
