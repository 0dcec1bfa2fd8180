/** Seen on peers: a check that fails prints fifty lines of stack, and nobody sees what was wrong. */
import { expect, it } from 'vitest'
import { deskWith } from './marking.ts'

const check = (expectation: string): string => `  - id: small
    title: The size is small
    check: desk.trading
    expect: ${expectation}`

it('a failed assertion is told in a few lines: what was seen, what was expected, what to type', async () => {
  const { desk, env } = deskWith({ asserting: check('result.sizeMultiplier < 0.5') })
  const { code, stdout, stderr } = await desk.run(['runbook', 'asserting'], { env })
  expect(code).toBe(1)
  const lines = `${stdout}${stderr}`.trim().split('\n')
  expect(lines.length).toBeLessThan(15)
  expect(stdout).toMatch(
    /failed +small +The size is small\n +seen .*sizeMultiplier 1.*\n +expected result\.sizeMultiplier < 0\.5\n/,
  )
  expect(stderr).toContain('desk run show run-')
  expect(lines.filter((line) => /^\s+at |node:internal|\.ts:\d|\.cjs:\d/.test(line))).toEqual([])
})

it('so is a command that is wrong, and a desk that cannot be read', async () => {
  const { desk, env } = deskWith({ asserting: check('result.sizeMultiplier < 0.5') })
  for (const [args, more, code] of [
    [['runbook', 'nowhere'], {}, 64],
    [['nonsense'], {}, 64],
    [['run', 'show', 'run-of-nobody'], {}, 64],
    [['status'], { DESK_CONFIG: '/nowhere/desk.config.yaml' }, 78],
  ] as const) {
    const ran = await desk.run(args, { env: { ...env, ...more } })
    expect([args, ran.code]).toEqual([args, code])
    const lines = `${ran.stdout}${ran.stderr}`.trim().split('\n')
    expect(lines.length).toBeLessThan(8)
    expect(lines.filter((line) => /^\s+at |node:internal/.test(line))).toEqual([])
  }
})
