import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readKillWords } from '../../src/cli/fast/kill-words.ts'
import { reportLines } from '../../src/cli/kill/report-text.ts'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { readTrading } from '../../src/killswitch/trading.ts'
import { freshDesk, scratch } from '../killswitch/support.ts'
import { bundle } from '../support/bundle.ts'

let program = ''
beforeAll(async () => {
  program = await bundle('test/cli/fixtures/kill.ts')
})

function press(stateDir: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const own = { DESK_STATE_DIR: stateDir, DESK_OPERATOR: 'oncall', HOME: scratch(), DESK_NOW: '2026-11-20T14:05:00Z' }
  const { NODE_EXTRA_CA_CERTS: _certs, ...outer } = process.env
  const ran = spawnSync(process.execPath, [program, 'kill', ...args], {
    encoding: 'utf8',
    env: { ...outer, ...own, ...env },
  })
  return { code: ran.status, out: ran.stdout, err: ran.stderr }
}
const state = (stateDir: string) => readTrading(stateDir, Date.parse('2026-11-20T15:00:00Z'))

test('a halt: its first line says so, its end is verified and on record', () => {
  const { stateDir } = freshDesk()
  const { code, out, err } = press(stateDir, ['--reason', 'wrong fills'])
  expect(err).toBe('')
  expect(out.split('\n')[0]).toBe('HALTED paper')
  expect(out).toContain('paper was TRADING')
  expect(out).toMatch(/primary +0 open, 0 pending cancel, 0 unknown/)
  expect(code).toBe(0)
  expect(state(stateDir).trading).toMatchObject({ state: 'HALTED', by: 'oncall', reason: 'wrong fills' })
  const [segment] = readdirSync(join(stateDir, 'audit/segments')).filter((name) => name.startsWith('halt-'))
  const text = readFileSync(join(stateDir, 'audit/segments', segment ?? ''), 'utf8')
  for (const event of ['halt.engaged', 'halt.snapshot', 'halt.verified']) expect(text).toContain(`"event":"${event}"`)
})

test('--json prints one document with the fields of the contract', () => {
  const { stateDir } = freshDesk()
  const { code, out } = press(stateDir, ['--json', '--scope=venue:primary'])
  expect(code).toBe(0)
  const document: unknown = JSON.parse(out)
  expect(document).toMatchObject({
    schema: 1,
    desks: [
      {
        profile: 'paper',
        desk: 'paper',
        halted: true,
        already: false,
        scope: 'venue:primary',
        by: 'oncall',
        venues: [{ id: 'primary', open: 0, pendingCancel: 0, unknown: 0 }],
        verified: true,
        recorded: true,
      },
    ],
  })
  expect(mayTrade({ stateDir, venue: 'primary' }).allowed).toBe('none')
  expect(mayTrade({ stateDir, venue: 'backup' }).allowed).toBe('all')
})

test.each([
  ['an unknown scope', ['--scope', 'vneue:primary']],
  ['a scope without a name', ['--scope']],
  ['an unknown option', ['--force']],
  ['an unknown word', ['now']],
  ['a profile of nobody', ['--profile', 'equties']],
])('%s is reported after everything was halted', (_, args) => {
  const { stateDir } = freshDesk()
  const { code, out, err } = press(stateDir, args)
  expect(out).toContain('HALTED paper')
  expect(err).not.toBe('')
  expect(code).toBe(64)
  expect(mayTrade({ stateDir }).allowed).toBe('none')
})

describe('it halts whatever is broken', () => {
  test.each<[string, (stateDir: string) => void, Readonly<Record<string, string>>, number]>([
    ['the configuration', () => undefined, { DESK_CONFIG: '/proc/version' }, 0],
    ['DESK_NOW', () => undefined, { DESK_NOW: 'yesterday' }, 0],
    ['DESK_OPERATOR', () => undefined, { DESK_OPERATOR: 'a b\n' }, 0],
    [
      'the log',
      (stateDir) => {
        rmSync(join(stateDir, 'audit'), { recursive: true })
        writeFileSync(join(stateDir, 'audit'), '')
      },
      {},
      73,
    ],
    [
      'the venues',
      (stateDir) => {
        mkdirSync(join(stateDir, 'paper'), { recursive: true })
        for (const name of ['venue-primary', 'venue-backup', 'primary', 'backup', 'faults'])
          writeFileSync(join(stateDir, 'paper', `${name}.json`), '{')
      },
      {},
      2,
    ],
  ])('%s', (_, damage, env, exit) => {
    const { stateDir } = freshDesk()
    damage(stateDir)
    const { code, out } = press(stateDir, [], env)
    expect(out.split('\n')[0]).toBe('HALTED paper')
    expect([exit, exit === 2 ? 69 : exit]).toContain(code)
    expect(mayTrade({ stateDir }).allowed).toBe('none')
  })
})

test('no desk was there: said loudly, 78, and none can be born armed', () => {
  const stateDir = join(scratch(), 'paper')
  const { code, err } = press(stateDir)
  expect(code).toBe(78)
  expect(err).toContain('NO DESK WAS THERE')
  expect(existsSync(join(stateDir, 'permit'))).toBe(true)
})

test('a file in the place of the state directory', () => {
  const dir = scratch()
  writeFileSync(join(dir, 'file'), '')
  expect(press(join(dir, 'file', 'paper')).code).not.toBe(0)
})

test('a dry run shows and does nothing', () => {
  const { stateDir } = freshDesk()
  const { code, out } = press(stateDir, ['--dry-run'])
  expect(code).toBe(0)
  expect(out).toContain('would halt paper (all), now TRADING')
  expect(mayTrade({ stateDir }).allowed).toBe('all')
})

test('whose call it was is on record, in both ways that it can be told', () => {
  const { stateDir } = freshDesk()
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  press(stateDir, [], { DESK_TRACE_ID: 'nightly-7', TRACEPARENT: traceparent })
  const [segment = ''] = readdirSync(join(stateDir, 'audit/segments')).filter((name) => name.startsWith('halt-'))
  const [header] = readFileSync(join(stateDir, 'audit/segments', segment), 'utf8').split('\n')
  expect(JSON.parse(header ?? '')).toMatchObject({ trace_id: 'nightly-7', context: { traceparent } })
})

test.each([
  [['--scope', 'vneue:primary'], 'unknown scope "vneue:primary": everything would be halted'],
  [['--profile', 'equties'], 'no desk is called "equties": every desk of this host would be halted'],
])('a dry run with %j says what would be, not that it was', (words, said) => {
  const { stateDir } = freshDesk()
  const { code, err } = press(stateDir, ['--dry-run', ...words])
  expect(err).toContain(said)
  expect(err).not.toContain('was halted')
  expect(code).toBe(64)
  expect(mayTrade({ stateDir }).allowed).toBe('all')
})

test('where no desk is, a dry run says so, and nothing counts as verified', () => {
  const stateDir = join(scratch(), 'nothing')
  const dry = press(stateDir, ['--dry-run'])
  expect(dry.out).toContain('now not there')
  expect(dry.code).toBe(78)
  expect(existsSync(stateDir)).toBe(false)
  const { code, out } = press(stateDir, ['--json'])
  expect(code).toBe(78)
  expect(JSON.parse(out)).toMatchObject({ desks: [{ halted: true, venues: [], verified: false }] })
})

test('a pipe in the place of the ledger holds nothing up: halted, cancelled, not on record', () => {
  const { stateDir } = freshDesk()
  const ledger = join(stateDir, 'audit/ledger')
  for (const name of readdirSync(ledger)) {
    rmSync(join(ledger, name))
    spawnSync('mkfifo', [join(ledger, name)])
  }
  const { code, out, err } = press(stateDir)
  expect(out).toMatch(/primary +0 open, 0 pending cancel, 0 unknown/)
  expect(err).toContain('not on record')
  expect(code).toBe(73)
})

test('again is the same, and says that it was so already', () => {
  const { stateDir } = freshDesk()
  press(stateDir)
  const { code, out } = press(stateDir)
  expect(code).toBe(0)
  expect(out).toContain('paper was HALTED already')
})

test('words in any order, values that look like options, and nothing that hides a halt', () => {
  expect(readKillWords(['--profile', 'live', 'kill', '--reason=a=b', '--json'])).toMatchObject({
    profile: 'live',
    reason: 'a=b',
    json: true,
    misuse: [],
  })
  expect(readKillWords(['kill', '--reason', '--help'])).toMatchObject({ help: false, reason: '--help' })
  expect(readKillWords(['kill', '--scope', 'symbol:aapl']).scope).toEqual({ kind: 'symbol', id: 'AAPL' })
  expect(readKillWords(['kill', '--scope', 'model:a/b'])).toMatchObject({
    scope: { kind: 'all' },
    misuse: [expect.any(String)],
  })
})

test('what people typed reaches the screen without control characters', () => {
  const report = {
    profile: 'paper',
    desk: 'paper',
    stateDir: '/s',
    halted: true,
    already: false,
    epoch: 'halt-1',
    scope: 'all',
    by: 'oncall',
    reason: '\u001b[2Jgone',
    before: 'TRADING',
    venues: [],
    stops: [],
    knownStops: [],
    stopsUnknown: [],
    peers: [],
    verified: true,
    recorded: true,
    problems: [],
  } as const
  expect(reportLines(report, [])).not.toContain('\u001b')
})
