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

describe('a moment beyond the calendar', () => {
  test('hides no state, and lets no gate seem done', async () => {
    await desk.run(['status'])
    desk.at('2031-01-06T09:05:00-05:00')
    const seen = await desk.run(['status', '--exit-code'])
    expect([seen.code, seen.stdout.split('\n')[0]]).toEqual([0, 'paper  TRADING'])
    expect(seen.stdout).toContain('which gates are due is not known: calendar XNYS knows 2021-01-01 to 2030-12-31')
    const { value } = await desk.json(['status'])
    const due = JSON.stringify(value['gates'])
    for (const id of ['D3', 'D4', 'E2', 'W1', 'M1', 'Q1']) expect(due).toContain(`"id":"${id}"`)
    expect((await desk.run(['gates', 'daily'])).code).toBe(2)
    await desk.run(['kill'])
    expect((await desk.run(['status', '--exit-code'])).code).toBe(4)
  })
})

describe('desk doctor', () => {
  test('tells all it found beside a folder that is not there, and ends like every other command', async () => {
    const config = join(desk.dir, 'desk.config.yaml')
    writeFileSync(config, 'documents: [./none]\n')
    const { code, value } = await desk.json(['doctor', '--config', config])
    expect(code).toBe(78)
    expect(value).toMatchObject({ ok: false })
    const checks: readonly unknown[] = Array.isArray(value['checks']) ? value['checks'] : []
    expect(checks.filter((check) => JSON.stringify(check).includes('none is not there'))).toMatchObject([
      { title: 'procedures', status: 'fail' },
    ])
    expect(checks).toContainEqual(expect.objectContaining({ title: 'audit log' }))
    expect((await desk.run(['tree', 'no-fills', '--config', config])).code).toBe(78)
  })
})

describe('answers of a file that do not count', () => {
  const answered = (...lines: readonly string[]) => {
    const path = join(desk.dir, 'answers.yaml')
    writeFileSync(path, `answers:\n${lines.map((line) => `  - { ${line} }\n`).join('')}`)
    return desk.run(['tree', 'config-mismatch', '--answer', 'q1=yes', '--answers', path])
  }
  // Only a person answers q2, so what is not used leaves it open.
  test.each([
    ['a question that the tree does not have', 'id: q9, answer: yes', 'nothing of this walk is called "q9"'],
    [
      'an answer that has expired',
      'id: q2, answer: yes, until: 2026-11-19T00:00:00Z',
      'expired at 2026-11-19T00:00:00Z',
    ],
    ['an answer of tomorrow', 'id: q2, answer: yes, when: 2026-11-21T00:00:00Z', 'is yet to come, and is not used'],
  ])('%s is told, and the run waits', async (_name, line, told) => {
    const { code, stderr } = await answered(line)
    expect(code).toBe(3)
    expect(stderr).toContain(told)
    expect(stderr).toContain("--answer q2='yes|no|unsure'")
  })
  test('an answer that the question does not offer is refused before anything begins', async () => {
    const { code, stderr } = await answered('id: q2, answer: perhaps')
    expect([code, stderr]).toEqual([64, expect.stringContaining('q2 cannot be answered with "perhaps"')])
    expect((await desk.json(['run', 'list'])).value['runs']).toEqual([])
  })
  test.each([
    ['two answers to one question', ['id: q2, answer: yes', 'id: q2, answer: no'], ':3:5: "q2" is answered twice'],
    ['a signature in part', ['id: q2, answer: yes, run: run-01'], ':2:5: "q2" is signed in part'],
  ])('%s is refused before anything begins', async (_name, lines, told) => {
    const { code, stderr } = await answered(...lines)
    expect([code, stderr]).toEqual([64, expect.stringContaining(told)])
    expect((await desk.json(['run', 'list'])).value['runs']).toEqual([])
  })
  test('what does count says who said it', async () => {
    const path = join(desk.dir, 'answers.yaml')
    writeFileSync(path, 'answers:\n  - { id: q2, answer: yes, who: risk, until: 2026-11-21T00:00:00Z }\n')
    const { value } = await desk.json(['tree', 'config-mismatch', '--answer', 'q1=yes', '--answers', path])
    expect(value['path']).toMatchObject([{ question: 'q1' }, { question: 'q2', answer: 'yes', by: 'file:risk' }])
  })
})

test('an attest that waits carries its question and what answers it', async () => {
  await desk.fault('acks-lost')
  const { code, stderr } = await desk.run(['runbook', 'reconciliation'])
  expect(code).toBe(3)
  expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /waiting: .+: .*\w.* \(a named .+\) next: desk run continue run-\S+ --answer [\w-]+="\.\.\."/,
  )
  const run = /run continue (\S+)/.exec(stderr)?.[1] ?? ''
  const listed = await desk.run(['run', 'list'])
  for (const line of stderr.split('\n').filter((each) => each.startsWith('waiting')))
    expect(listed.stdout).toContain(line)
  expect(listed.stdout).toContain(run)
})

describe('a method that no adapter serves', () => {
  const written = () => {
    const config = join(desk.dir, 'desk.config.yaml')
    const program = `adapters:\n  - { serves: [registry], kind: exec, command: [/bin/false] }\n`
    writeFileSync(config, program)
    const document = join(desk.dir, 'feed.yaml')
    writeFileSync(
      document,
      `kind: runbook
id: feed
title: The feed is fresh
category: operations
frequency: { text: Daily }
trigger: { text: The session begins }
steps:
  - id: fresh
    title: Every symbol is fresh
    check: data.freshness
    expect: result.traded > 0 && result.stale == 0
verify:
  - id: seen
    title: The desk was seen
    check: desk.trading
    expect: result.holds == 0
`,
    )
    return { config, document }
  }
  test('is an error of the document for the desk that is asked about', async () => {
    const { config, document } = written()
    const live = await desk.run(['lint', document, '--config', config, '--profile', 'live'])
    expect(live.code).toBe(65)
    expect(live.stdout).toContain('error[check/served] no configured adapter serves "data.freshness"')
    expect(live.stdout).not.toContain('desk.trading')
    // The paper desk serves everything.
    expect((await desk.run(['lint', document, '--config', config])).code).toBe(0)
  })
})
