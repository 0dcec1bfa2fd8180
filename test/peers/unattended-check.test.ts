/** Seen on peers: a check for people passes without people. A pause gives way to an empty input, an automatic mode answers yes. */
import { describe, expect, it } from 'vitest'
import { deskWith, mark, marksOf, newestRun, step } from './marking.ts'

const runbooks = {
  resume: `  - id: agreed
    title: A person confirms
    attest: { role: oncall, ask: Are positions reconciled? }
${step('trade', mark('t'))}`,
}

describe('a human check passes without a human', () => {
  it.each([
    ['no input at all', 'closed', {}],
    ['/dev/null', undefined, {}],
    ['a pipe that agrees to everything', { text: 'y\nyes\n\n'.repeat(100) }, {}],
    ['a machine that builds', undefined, { CI: 'true' }],
  ] as const)('%s: the run waits, and what comes after the check does not happen', async (_who, stdin, more) => {
    const { desk, env } = deskWith(runbooks)
    const ran = await desk.run(['runbook', 'resume'], {
      env: { ...env, ...more },
      ...(stdin === undefined ? {} : { stdin }),
    })
    expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('--answer agreed=')])
    expect(marksOf(desk)).toBe('')
    // Nor does cron, later.
    await desk.run(['run', 'continue', '--due'], { env })
    expect(marksOf(desk)).toBe('')
    expect(await newestRun(desk)).toMatchObject({ status: 'waiting' })
  })

  it('nothing answers everything: there is no such option', async () => {
    const { desk, env } = deskWith(runbooks)
    for (const option of ['--yes', '-y', '--auto', '--force', '--no-input'])
      expect([option, (await desk.run(['runbook', 'resume', option], { env })).code]).toEqual([option, 64])
    expect(marksOf(desk)).toBe('')
  })
})
