/** A run whose process was killed, as whoever finds it at night sees it, and the ways to end it. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Desk, type RunOptions } from '../support/desk.ts'
import { fields, listOf } from '../support/json-answers.ts'
import { addRunbooks } from '../support/procedures.ts'
import { Transcript } from '../support/transcript.ts'

const entry = join(import.meta.dirname, '..', '..', 'bin', 'desk.cjs')
let desk: Desk
let env: Readonly<Record<string, string>>
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const runs = async () => listOf((await desk.json(['run', 'list'])).value['runs'])
const ledger = (): string => {
  const dir = join(desk.stateDir, 'audit', 'ledger')
  return readdirSync(dir)
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('')
}
const marks = (): string => (existsSync(join(desk.dir, 'marks')) ? readFileSync(join(desk.dir, 'marks'), 'utf8') : '')
/** Somebody else at the keyboard. */
const as = (operator: string): RunOptions => ({ env: { ...env, DESK_OPERATOR: operator } })

const step = (id: string, script: string): string => `  - id: ${id}
    title: Leave a mark
    do: exec.run
    with: { file: /bin/sh, args: [-c, '${script}', '${desk.dir}'] }`
const mark = 'printf x >> "$0/marks"'
const told = `  - id: tell
    title: Say that it begins
    do: notify.post
    with: { channel: on-call, text: It begins }
    undo: { do: notify.post, with: { channel: on-call, text: It did not happen } }`

/** The step called second kills the process that runs it. */
async function killed(): Promise<string> {
  env = addRunbooks(desk, {
    marking: [told, step('first', mark), step('second', `${mark}; kill -9 $PPID`), step('third', mark)].join('\n'),
  })
  const ran = await desk.run(['runbook', 'marking'], { env })
  expect([ran.signal, marks()]).toEqual(['SIGKILL', 'xx'])
  const [run] = await runs()
  return String(run?.['run'])
}

describe('a run whose process is gone', () => {
  it('is told as what it is by everything that only looks, and nothing is written', async () => {
    const run = await killed()
    const before = ledger()
    expect(await runs()).toMatchObject([{ run, status: 'waiting', gone: true }])
    expect((await desk.json(['run', 'show', run], { env })).value).toMatchObject({ run: { status: 'waiting' } })
    for (const args of [['run', 'list'], ['run', 'show', run], ['status'], []]) {
      const { stdout } = await desk.run(args, { env })
      expect(stdout).toContain('its process is gone')
      expect(stdout).toContain(`desk run continue ${run}`)
    }
    expect((await desk.json(['status'])).value).toMatchObject({ runs: { waiting: [{ run, gone: true }] } })
    expect(ledger()).toBe(before)
  })

  it('is sealed by the next command that acts, once, and only named by cron', async () => {
    const run = await killed()
    for (let turn = 0; turn < 2; turn++) {
      const due = await desk.run(['run', 'continue', '--due'], { env })
      expect([due.code, due.stdout]).toEqual([3, ''])
      expect(due.stderr).toContain(`${run} (runbook/marking): its process is gone`)
    }
    expect(ledger().match(/"kind":"sealed"/g)).toHaveLength(1)
    expect(marks()).toBe('xx')
    expect((await desk.run(['audit', 'verify'])).code).toBe(0)
  })

  it('is left alone while its process lives', async () => {
    env = addRunbooks(desk, {
      marking: step('first', `node "$0/look.cjs"`),
    })
    writeFileSync(
      join(desk.dir, 'look.cjs'),
      `const { spawnSync } = require('node:child_process')
const { writeFileSync } = require('node:fs')
const desk = (...args) => spawnSync(process.execPath, [${JSON.stringify(entry)}, ...args], { encoding: 'utf8', env: { ...process.env, ...${JSON.stringify({ DESK_STATE_DIR: desk.stateDir, DESK_NOW: desk.now, DESK_OPERATOR: 'risk' })} } })
const listed = desk('run', 'list')
const [id] = /run-\\w+/.exec(listed.stdout)
writeFileSync(${JSON.stringify(join(desk.dir, 'seen.json'))}, JSON.stringify({ list: listed.stdout, due: desk('run', 'continue', '--due').status, again: desk('run', 'continue', id), abort: desk('run', 'abort', id, '--disposition', 'leave', '--second', 'oncall') }))
`,
    )
    expect((await desk.run(['runbook', 'marking'], { env })).code).toBe(0)
    const seen = fields(JSON.parse(readFileSync(join(desk.dir, 'seen.json'), 'utf8')))
    expect(seen['list']).toMatch(/running .*\n.*\n {2}being walked by process \d+/)
    expect(seen['due']).toBe(0)
    const again = fields(seen['again'])
    expect([again['status'], again['stderr']]).toEqual([75, expect.stringContaining('is being walked by oncall')])
    expect(seen['abort']).toMatchObject({ status: 75 })
    expect(ledger()).not.toContain('"kind":"sealed"')
  })
})

it('cron on a full disk says that it leaves no heartbeat, by its exit code too', async () => {
  expect((await desk.run(['status'])).code).toBe(0)
  // No file may grow; pipes still take words.
  const limited = ['-c', 'ulimit -f 0; exec "$0" "$@"', process.execPath, entry, 'run', 'continue', '--due']
  const means = { DESK_STATE_DIR: desk.stateDir, DESK_NOW: desk.now, DESK_OPERATOR: 'oncall', HOME: desk.dir }
  const { status, stderr } = spawnSync('/bin/sh', limited, { encoding: 'utf8', env: { ...process.env, ...means } })
  expect([status, stderr]).toEqual([73, expect.stringContaining('no heartbeat was left: EFBIG')])
})

describe('giving it up', () => {
  it('undoing says that nobody knows of the effect in between, which stays listed', async () => {
    const run = await killed()
    const ended = await desk.json(['run', 'abort', run, '--disposition', 'undo'], { env })
    expect([ended.code, marks()]).toEqual([1, 'xx'])
    expect(ended.value).toMatchObject({ run: { id: run, status: 'aborted' } })
    const { stdout } = await desk.run(['run', 'show', run], { env })
    expect(stdout.replace(/\s+/g, ' ')).toContain('undone but for second (nobody knows whether it took place), first')
    expect(stdout).toMatch(/acted .*ok .*#tell~undo/)
    expect(await runs()).toContainEqual(
      expect.objectContaining({ run, status: 'aborted', unsettled: ['runbook/marking#second'] }),
    )
  })

  it('leaving takes two people, who both type it', async () => {
    const run = await killed()
    const leave = ['run', 'abort', run, '--disposition', 'leave', '--reason', 'the host is gone']
    const asked = await desk.run(leave, as('oncall'))
    expect([asked.code, asked.stderr]).toEqual([
      3,
      expect.stringContaining(`somebody else types: desk run abort ${run}`),
    ])
    // Asking twice is not agreeing, however it is spelt.
    expect((await desk.run(leave, as('Oncall'))).code).toBe(3)
    expect(await runs()).toMatchObject([{ status: 'waiting' }])
    const agreed = await desk.json(leave.slice(0, 5), as('risk'))
    expect([agreed.code, agreed.value]).toMatchObject([
      0,
      { run: { id: run, status: 'aborted' }, by: 'Oncall', second: 'risk', unsettled: ['runbook/marking#second'] },
    ])
    expect((await desk.run(leave, as('risk'))).code).toBe(64)
    expect((await desk.run(['run', 'show', run], { env })).stdout).toContain('agreed by risk: the host is gone')
  })

  it('what was asked of the run as it was is void once it went on', async () => {
    const run = await killed()
    const leave = ['run', 'abort', run, '--disposition', 'leave']
    expect((await desk.run(leave, as('oncall'))).code).toBe(3)
    expect((await desk.run(['run', 'continue', run], { env })).code).toBe(3)
    expect((await desk.run(leave, as('risk'))).code).toBe(3)
    expect((await desk.run(leave, as('oncall'))).code).toBe(0)
  })

  it('a hand-over counts when the one who takes it over says so', async () => {
    const run = await killed()
    const over = ['run', 'abort', run, '--disposition', 'hand-over']
    const told = async (args: readonly string[]) => {
      const { code, stderr } = await desk.run(args, as('oncall'))
      return [code, stderr]
    }
    expect(await told(over)).toEqual([64, expect.stringContaining('--to <who>')])
    expect(await told([...over, '--to', 'oncall'])).toEqual([77, expect.stringContaining(`desk run continue ${run}`)])
    const accept = `risk types: desk run handover ${run}`
    expect(await told([...over, '--to', 'risk'])).toEqual([3, expect.stringContaining(accept)])
    expect((await desk.run(over, as('quant'))).code).toBe(64)
    expect(await desk.json(over, as('risk'))).toMatchObject({ code: 0, value: { by: 'oncall', second: 'risk' } })
  })

  it('one run and all that are due are not asked for at once', async () => {
    const run = await killed()
    expect((await desk.run(['run', 'continue', run, '--due'], { env })).code).toBe(64)
  })
})

it('the whole of it, word for word', async () => {
  const run = await killed()
  const seen = new Transcript('dead-run', desk)
  await seen.run(['run', 'list'])
  await seen.run([])
  await seen.run(['run', 'continue', '--due'])
  await seen.run(['run', 'show', run])
  await seen.run(['run', 'abort', run])
  await seen.run(['run', 'abort', run, '--disposition', 'leave', '--reason', 'the host is gone'])
  await seen.run(['run', 'abort', run, '--disposition', 'leave'], { env: { DESK_OPERATOR: 'risk' } })
  await seen.run(['run', 'list'])
  seen.check()
})
