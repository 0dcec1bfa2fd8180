import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { realTimer } from '../../../src/adapters/deadline.ts'
import { execStepAdapter } from '../../../src/adapters/exec/step.ts'
import { guarded } from '../../../src/adapters/guarded.ts'
import { temporaryDir } from '../../support/state.ts'
import { asOf, callOf, now } from '../support.ts'

const env = { PATH: process.env['PATH'], HOME: '/nowhere', LANG: 'C', SECRET_TOKEN: 'not for you' }
const step = guarded(execStepAdapter({ now: () => new Date(asOf), env, startTimer: realTimer }), { secrets: [], now })
const run = (file: string, args: readonly string[] = [], cwd?: string) =>
  step.act(callOf('exec.run', { file, args, ...(cwd === undefined ? {} : { cwd }) }))

describe('exec.run', () => {
  test('runs without a shell, in its directory, with a small environment', async () => {
    const cwd = temporaryDir()
    expect(await run('echo', ['$HOME; $(id)', '*'])).toMatchObject({
      kind: 'done',
      value: { exitCode: 0, stdout: '$HOME; $(id) *\n', stderr: '' },
    })
    expect(await run('pwd', [], cwd)).toMatchObject({ value: { stdout: `${cwd}\n` } })
    const seen = await run('env')
    const names =
      seen.kind === 'done'
        ? Object.fromEntries(
            (seen.value as { stdout: string }).stdout
              .trim()
              .split('\n')
              .map((l) => l.split('=') as [string, string]),
          )
        : {}
    expect(names).toEqual({ PATH: env.PATH, HOME: '/nowhere', LANG: 'C' })
  })
  test('has failed with its last words when it exits with another code', async () => {
    expect(await run('sh', ['-c', 'echo one >&2; echo two >&2; exit 3'])).toMatchObject({
      kind: 'failed',
      reason: 'exit code 3: two',
    })
  })
  test('has failed when it cannot be started', async () => {
    expect(await run('/no/such/program')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ENOENT') as string,
    })
    expect(await run('echo', ['a\0b'])).toMatchObject({ kind: 'failed' })
    expect(await run('echo', [], '/no/such/directory')).toMatchObject({ kind: 'failed' })
  })
  test('is unknown when somebody kills it', async () => {
    expect(await run('sh', ['-c', 'kill -9 $$'])).toMatchObject({ kind: 'unknown', reason: 'it was killed by SIGKILL' })
  })
  test('keeps 64 KiB of each output and says how much it dropped', async () => {
    const script = 'head -c 100000 /dev/zero | tr "\\0" a; head -c 70000 /dev/zero | tr "\\0" b >&2'
    const answer = await run('sh', ['-c', script])
    expect(answer).toMatchObject({
      kind: 'done',
      value: {
        stdout: `${'a'.repeat(65_536)}\n[34464 more bytes were dropped]`,
        stderr: `${'b'.repeat(65_536)}\n[4464 more bytes were dropped]`,
      },
    })
  })
  test('reads nothing from standard input', async () => {
    expect(await run('cat')).toMatchObject({ kind: 'done', value: { stdout: '' } })
  })
  test('at the end of its time it is unknown, and it is killed with its children', async () => {
    const dir = temporaryDir()
    const script = 'sleep 300 & echo $! > child; echo $$ > parent; mv parent ready; wait'
    const file = (name: string): string => join(dir, name)
    let fire = (): void => undefined
    const startTimer = (_ms: number, then: () => void): (() => void) => {
      fire = then
      return () => undefined
    }
    const adapter = guarded(execStepAdapter({ now: () => new Date(asOf), env, startTimer: realTimer }), {
      secrets: [],
      now,
      startTimer,
    })
    const answer = adapter.act(callOf('exec.run', { file: 'sh', args: ['-c', script], cwd: dir }))
    await expect.poll(() => existsSync(file('ready')), { timeout: 10_000 }).toBe(true)
    fire()
    expect(await answer).toMatchObject({ kind: 'unknown', reason: 'no answer within 5000 ms' })
    const isGone = (pid: string): boolean =>
      !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
    for (const name of ['ready', 'child'])
      await expect.poll(() => isGone(readFileSync(file(name), 'utf8').trim()), { timeout: 10_000 }).toBe(true)
  })
  test('does not wait for what a background child may still say', async () => {
    const answer = await run('sh', ['-c', 'sleep 300 & echo $!'])
    expect(answer).toMatchObject({ kind: 'done' })
    if (answer.kind === 'done') process.kill(Number((answer.value as { stdout: string }).stdout), 'SIGKILL')
  })
  test('leaves nothing to look up', async () => {
    expect(await step.lookup(callOf('exec.run', { file: 'true' }))).toMatchObject({ kind: 'cannot-tell' })
  })
})
