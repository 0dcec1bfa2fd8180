import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { programAdapter } from '../../../src/adapters/exec/program.ts'
import { guarded } from '../../../src/adapters/guarded.ts'
import type { Adapter } from '../../../src/ports/adapter.ts'
import { temporaryDir } from '../../support/state.ts'
import { asOf, callOf, now } from '../support.ts'

/** A program in JavaScript; `ask` is what it read. */
function program(body: string, timeoutMs?: number): Adapter {
  return guarded(programOf(body, timeoutMs), { secrets: [], now })
}

/** The same with nothing around it that would stop waiting first. */
function programOf(body: string, timeoutMs?: number): Adapter {
  const file = join(temporaryDir(), 'adapter.mjs')
  const head =
    "import { readFileSync } from 'node:fs'\nconst ask = JSON.parse(readFileSync(0, 'utf8'))\nconst say = (o) => console.log(JSON.stringify(o))\n"
  writeFileSync(file, head + body)
  const serves = new Set(['venue.ping', 'venue.cancelAllOrders'])
  const bound = timeoutMs === undefined ? {} : { timeoutMs }
  return programAdapter({ command: [process.execPath, file], serves, env: { PATH: '/bin' }, ...bound })
}
/** A machine that does other work as well starts a program late, and what it says is judged here, not when. */
const timeoutMs = 60_000
const { key: _key, ...ping } = { ...callOf('venue.ping', { venue: 'primary' }), timeoutMs }
const cancel = { ...callOf('venue.cancelAllOrders', { venue: 'primary' }), timeoutMs }

describe('an adapter that is a program', () => {
  test('is asked with one document and answers with one', async () => {
    const answer = `say({ kind: 'value', asOf: '${asOf}', complete: true, value: { venue: JSON.stringify(ask), latencyMs: 1 } })`
    const reading = await program(answer).read(ping)
    expect(reading).toMatchObject({ kind: 'value', asOf })
    const asked: unknown = JSON.parse((reading as { value: { venue: string } }).value.venue)
    expect(asked).toEqual({
      schema: 1,
      kind: 'read',
      port: 'venue',
      method: 'ping',
      args: { venue: 'primary' },
      timeoutMs,
    })
  })
  test('gets the key with effects and lookups', async () => {
    const answer = `if (ask.key === 'key of venue.cancelAllOrders') say({ kind: ask.kind === 'act' ? 'done' : 'not-done', asOf: '${asOf}', value: { venue: 'primary', requested: 1 } })`
    const adapter = program(answer)
    expect(await adapter.act(cancel)).toMatchObject({ kind: 'done', value: { requested: 1 } })
    expect(await adapter.lookup(cancel)).toMatchObject({ kind: 'not-done' })
  })
  test.each([
    ['nothing', '', /no JSON object/],
    ['text', "console.log('ok')", /no JSON object/],
    ['two documents', "say({ kind: 'failure', reason: 'a' }); say({})", /no JSON object/],
    ['a list', 'say([])', /no JSON object/],
    ['another kind', "say({ kind: 'fine' })", /no reading/],
    ['too much', "process.stdout.write('x'.repeat(3 << 20))", /more than 1048576 bytes/],
    ['an exit code', "console.error('no route'); process.exitCode = 1", /exit code 1: no route/],
    ['its own death', "process.kill(process.pid, 'SIGKILL')", /killed by SIGKILL/],
  ])('that answers %s is a failure to read and an unknown effect', async (_what, body, reason) => {
    const adapter = program(body)
    const wanted = expect.stringMatching(reason) as string
    expect(await adapter.read(ping)).toMatchObject({ kind: 'failure', reason: wanted, unreachable: false })
    expect(await adapter.act(cancel)).toMatchObject({ kind: 'unknown' })
    expect(await adapter.lookup(cancel)).toMatchObject({ kind: 'cannot-tell' })
  })
  test('says with exit code 69 that nobody could be reached', async () => {
    expect(await program('process.exitCode = 69').read(ping)).toMatchObject({ kind: 'failure', unreachable: true })
  })
  test('that hangs is ended at its own bound', async () => {
    const adapter = program('setInterval(() => undefined, 1000)', 300)
    expect(await adapter.act(cancel)).toMatchObject({ kind: 'unknown', reason: 'no answer within 300 ms' })
  })
  test.each([
    ['answers', "say({ kind: 'failure', reason: 'said' })", timeoutMs, /^said$/],
    ['hangs', 'setInterval(() => undefined, 1000)', 5000, /^no answer within 5000 ms$/],
  ])(
    'that %s and leaves a process in a session of its own is not waited for beyond its answer',
    async (_, body, boundMs, reason) => {
      const left = join(temporaryDir(), 'pid')
      const child = "spawn('/bin/sleep', ['600'], { detached: true, stdio: 'inherit' })"
      const leave = `const { spawn } = await import('node:child_process'); const { writeFileSync } = await import('node:fs')
const child = ${child}; child.unref(); writeFileSync(${JSON.stringify(left)}, String(child.pid))\n`
      const said = await programOf(leave + body, boundMs).read(ping)
      // Alive still, so that nothing here ended because its pipes were closed by it. Throws where it is not.
      process.kill(Number(readFileSync(left, 'utf8')), 'SIGKILL')
      expect(said).toMatchObject({ kind: 'failure', reason: expect.stringMatching(reason) as string })
    },
  )
  test('that cannot be started has done nothing', async () => {
    const options = { command: ['/no/such/program'], serves: new Set(['venue.ping', 'venue.cancelAllOrders']), env: {} }
    const adapter = guarded(programAdapter(options), { secrets: [], now })
    expect(await adapter.act(cancel)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ENOENT') as string,
    })
    expect(await adapter.read(ping)).toMatchObject({ kind: 'failure' })
  })
})
