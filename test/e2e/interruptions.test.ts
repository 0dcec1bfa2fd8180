/** What ends a walk from outside: signals, kill -9, standard input that is nobody. Nothing is lost and nothing is done twice. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { listOf } from '../support/json-answers.ts'
import { addRunbooks } from '../support/procedures.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const runs = async () => listOf((await desk.json(['run', 'list'])).value['runs'])
/** How often the step that leaves a mark took place. */
const marks = (): number =>
  existsSync(join(desk.dir, 'marks')) ? readFileSync(join(desk.dir, 'marks'), 'utf8').length : 0

/** A step that leaves its mark and then does something to the desk that runs it. */
const step = (id: string, script: string): string => `  - id: ${id}
    title: Leave a mark
    do: exec.run
    with: { file: /bin/sh, args: [-c, '${script}', '${desk.dir}'] }`
const mark = 'printf x >> "$0/marks"'

describe('a signal', () => {
  it.each([
    ['INT', 130],
    ['TERM', 143],
    ['HUP', 129],
  ] as const)('SIG%s parks the run and leaves %i; continued, every step was done once', async (signal, code) => {
    const env = addRunbooks(desk, {
      marking: [step('first', `${mark}; kill -${signal} $PPID`), step('second', mark)].join('\n'),
    })
    const ran = await desk.json(['runbook', 'marking'], { env })
    expect([ran.code, ran.signal, marks()]).toEqual([code, null, 1])
    expect(ran.value).toMatchObject({ run: { status: 'waiting' } })
    expect(ran.stderr).toContain('desk run continue')
    const [run] = await runs()
    expect(run).toMatchObject({ status: 'waiting', graph: 'runbook/marking' })
    expect((await desk.run(['run', 'continue', String(run?.['run'])], { env })).code).toBe(0)
    expect(marks()).toBe(2)
  })
})

describe('kill -9 in the middle of an effect', () => {
  const killed = async () => {
    const env = addRunbooks(desk, {
      marking: [step('first', mark), step('second', `${mark}; kill -9 $PPID`), step('third', mark)].join('\n'),
    })
    const ran = await desk.run(['runbook', 'marking'], { env })
    expect([ran.signal, marks()]).toEqual(['SIGKILL', 2])
    const [run] = await runs()
    return { env, run: String(run?.['run']) }
  }

  it('nobody knows whether it took place, so nobody repeats it: a person says', async () => {
    const { env, run } = await killed()
    const on = await desk.json(['run', 'continue', run], { env })
    expect([on.code, marks()]).toEqual([3, 2])
    expect(on.stderr).toContain(`desk run continue ${run} --answer second='done|failed|not-done'`)
    const settled = await desk.json(['run', 'continue', run, '--answer', 'second=done'], { env })
    expect([settled.code, marks()]).toEqual([0, 3])
    expect(settled.value).toMatchObject({ run: { id: run, status: 'succeeded' } })
  })

  it('leaves a log that verifies, and a home screen that says what to type', async () => {
    const { env, run } = await killed()
    expect((await desk.run(['audit', 'verify'])).code).toBe(0)
    expect((await desk.run([], { env })).stdout).toContain(`desk run continue ${run}`)
  })
})

describe('standard input', () => {
  it.each([
    ['a pipe that says yes', { text: 'y\n'.repeat(100) }],
    ['closed', 'closed'],
    ['/dev/null', undefined],
  ] as const)('%s answers nothing', async (_what, stdin) => {
    const options = stdin === undefined ? {} : { stdin }
    const ran = await desk.run(['tree', 'post-incident', '--detailed-exitcode'], options)
    expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('--answer q1=')])
    await desk.fault('status-red')
    const leaf = await desk.run(['tree', 'no-fills'], options)
    expect([leaf.code, leaf.stderr]).toEqual([3, expect.stringContaining('--act')])
    expect((await desk.run(['status', '--exit-code'])).code).toBe(0)
  })

  it('a pipe does not type the name of the desk either', async () => {
    await desk.run(['runbook', 'killswitch'])
    const ran = await desk.run(['unlock', 'request'], { stdin: { text: 'paper\n' } })
    expect([ran.code, ran.stderr]).toEqual([3, expect.stringContaining('--confirm paper')])
    expect((await desk.run(['status', '--exit-code'])).code).toBe(4)
  })
})
