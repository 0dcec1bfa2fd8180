/** What cannot be told is never told as good: the program's words, exit codes and effects where it cannot read, or nobody acted. */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

/** As `desk … > /dev/full`. */
function unheard(...args: readonly string[]): { readonly code: number | null; readonly stderr: string } {
  const stdout = openSync('/dev/full', 'w')
  const env = { ...process.env, DESK_STATE_DIR: desk.stateDir, DESK_NOW: desk.now, DESK_OPERATOR: 'oncall' }
  const entry = join(import.meta.dirname, '..', '..', 'bin', 'desk.cjs')
  const ran = spawnSync(process.execPath, [entry, ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', stdout, 'pipe'],
  })
  closeSync(stdout)
  return { code: ran.status, stderr: ran.stderr }
}

const permit = (name: string): string => join(desk.stateDir, 'permit', name)
/** Nobody can read it, whoever they are: a link to itself. Answers how to mend it. */
function makeUnreadable(path: string): () => void {
  const aside = join(desk.dir, 'aside')
  renameSync(path, aside)
  symlinkSync(path, path)
  return () => {
    unlinkSync(path)
    renameSync(aside, path)
  }
}

describe('a hold of which nobody can read who placed it', () => {
  const mark = 'hold-model=signal'
  const onlyD2 = ['gates', 'daily', '--only', 'D2']

  test('is not lifted, and its gate does not pass for having lifted nothing', async () => {
    await desk.fault('old-hash')
    expect((await desk.run(onlyD2)).code).toBe(1)
    await desk.fault('old-hash', false)
    const mend = makeUnreadable(permit(mark))
    const blind = await desk.run(onlyD2)
    expect(blind.code).toBe(1)
    expect(blind.stdout).toContain('who holds cannot be told')
    expect((await desk.run(['status'])).stdout).toContain('model:signal')
    mend()
    expect((await desk.run(onlyD2)).code).toBe(0)
    expect((await desk.run(['status'])).stdout).not.toContain('model:signal')
  })

  test('cannot be told, says the status', async () => {
    await desk.fault('old-hash')
    await desk.run(onlyD2)
    makeUnreadable(permit(mark))
    const told = await desk.run(['status', '--exit-code'])
    expect(told.code).toBe(2)
    expect(told.stdout).toContain('who holds cannot be told')
    expect((await desk.run(['promote'])).code).not.toBe(0)
  })
})

describe('standard output on a full disk', () => {
  test.each([[['--version']], [['status']], [['status', '--json']], [['--help']], [['tree']], [['calendar']]])(
    '%j is undetermined, and no bug',
    (args) => {
      const { code, stderr } = unheard(...args)
      expect(code).toBe(2)
      expect(stderr).toMatch(/^desk: standard output could not be written \(ENOSPC\)/)
      expect(stderr).not.toContain('bug')
    },
  )

  test('a run goes on to its end, with its log', async () => {
    const { code, stderr } = unheard('runbook', 'reconciliation')
    expect([code, stderr]).toEqual([2, expect.stringContaining('could not be written (ENOSPC)')])
    const { value } = await desk.json(['run', 'list'])
    expect(value['runs']).toMatchObject([{ graph: 'runbook/reconciliation', status: 'succeeded' }])
    expect((await desk.run(['audit', 'verify'])).code).toBe(0)
  })

  test('a worse end stays what it is', async () => {
    await desk.fault('stale-all')
    expect(unheard('gates', 'daily', '--only', 'D1').code).toBe(1)
    expect(unheard('nonsense').code).toBe(64)
    // The caller asked for the leaf, and is told.
    await desk.fault('status-red')
    expect(unheard('tree', 'no-fills', '--detailed-exitcode').code).toBe(14)
  })
})

describe('a level that cannot be told', () => {
  test('throttle says so, says that nothing was lowered, and what to do', async () => {
    await desk.run(['status'])
    const mend = makeUnreadable(join(desk.stateDir, 'permit'))
    for (const target of ['0', '25', '50', 'half']) {
      const { code, stdout, stderr } = await desk.run(['throttle', target])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain('what was in force before cannot be told')
      expect(stderr).toContain('NOT LOWERED. Next: desk kill')
      expect(stderr).not.toContain('0 %')
    }
    const { value } = await desk.json(['throttle', '25'])
    expect(value['throttle']).toMatchObject({ from: null, done: false })
    mend()
    expect((await desk.run(['throttle', '25'])).code).toBe(0)
  })

  test('a halted desk is called halted, not small', async () => {
    await desk.run(['kill'])
    const { code, stderr } = await desk.run(['throttle', '25'])
    expect([code, stderr]).toEqual([4, expect.stringContaining('the desk is HALTED: a throttle never raises the size')])
  })
})

describe('a rule that holds the whole desk', () => {
  test('stands in the first word of every screen', async () => {
    expect((await desk.run(['gates', 'daily', '--only', 'D4'])).stdout).toContain('paper is now HELD')
    for (const args of [['status'], []]) {
      const [first] = (await desk.run(args)).stdout.split('\n')
      expect(first).toBe('paper  HELD: no order passes')
    }
    const walk = await desk.run(['runbook', 'reconciliation'])
    expect(walk.stdout.split('\n')[0]).toMatch(/^paper {2}HELD +run-/)
    expect((await desk.run(['status', '--exit-code'])).code).toBe(10)
    expect((await desk.json(['status'])).value).toMatchObject({
      trading: { state: 'ACTIVE' },
      holds: [{ scope: 'all' }],
    })
    await desk.run(['kill'])
    expect((await desk.run(['status'])).stdout).toMatch(/^paper {2}HALTED\n/)
  })
})

describe('desk doctor', () => {
  test('tells all it found beside a folder that is not there, and ends like every other command', async () => {
    const config = join(desk.dir, 'desk.config.yaml')
    writeFileSync(config, 'documents: [./none]\n')
    const { code, value } = await desk.json(['doctor', '--config', config])
    expect(code).toBe(78)
    expect(value).toMatchObject({ ok: false })
    expect(value['checks']).toContainEqual(
      expect.objectContaining({
        title: 'procedures',
        status: 'fail',
        detail: expect.stringContaining('none is not there'),
      }),
    )
    expect(value['checks']).toContainEqual(expect.objectContaining({ title: 'audit log' }))
    expect((await desk.run(['tree', 'no-fills', '--config', config])).code).toBe(78)
  })
})
