import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Answer, type Ask, mayTrade, mayTradeInBoot } from '../../src/killswitch/gate.ts'
import { inForce, tighten } from '../../src/killswitch/permit.ts'
import type { Token } from '../../src/killswitch/scope.ts'
import { lockstep } from './lockstep.ts'
import { boot, freshDesk, scratch } from './support.ts'

/** A path below the parent that is exactly so long. */
function longPath(parent: string, length: number): string {
  let path = parent
  while (length - path.length > 201) path += `/${'d'.repeat(99)}`
  return `${path}/${'d'.repeat(length - path.length - 1)}`
}

const full: Answer = { allowed: 'all', sizeMultiplier: 1, orderRate: 1 }
const none: Answer = { allowed: 'none', sizeMultiplier: 0, orderRate: 0 }
const reducing: Answer = { allowed: 'reduce-only', sizeMultiplier: 0, orderRate: 1 }
const question = { venue: 'primary', model: 'signal', symbol: 'AAPL' }

describe('what is missing decides, and the strictest wins', () => {
  test.each<[readonly Token[], Answer]>([
    [[], full],
    [['full'], { ...full, sizeMultiplier: 0.5 }],
    [['half'], { ...full, sizeMultiplier: 0.25 }],
    [['half', 'full'], { ...full, sizeMultiplier: 0.25 }],
    [['rate-full'], { ...full, orderRate: 0.5 }],
    [['rate-half'], { ...full, orderRate: 0.25 }],
    [['open'], reducing],
    [['unheld'], reducing],
    [['unheld', 'reduce'], none],
    [['reduce'], full],
    [['venue=primary'], reducing],
    [['venue=primary', 'reduce-venue=primary'], none],
    [['model=signal', 'reduce-model=signal'], none],
    [['open', 'model=signal', 'reduce-model=signal'], none],
    [['venue=backup', 'reduce-venue=backup'], full],
    [['trade'], none],
  ])('without %j', (missing, expected) => {
    const desk = freshDesk()
    for (const token of missing) rmSync(inForce(desk.permit, token, boot))
    expect(mayTrade({ stateDir: desk.stateDir, ...question })).toEqual(expected)
  })

  test('sessions count for those who ask with them', () => {
    const { stateDir, permit } = freshDesk()
    expect(mayTrade({ stateDir, session: true })).toEqual(reducing)
    expect(mayTrade({ stateDir })).toEqual(full)
    writeFileSync(inForce(permit, 'session', boot), '')
    expect(mayTrade({ stateDir, session: true })).toEqual(full)
  })

  test('symbols are denied by a mark, in any spelling', () => {
    const { stateDir, permit } = freshDesk()
    mkdirSync(join(permit, 'hold-reduce-symbol=MSFT'))
    writeFileSync(join(permit, 'hold-symbol=AAPL'), '')
    expect(mayTrade({ stateDir, symbol: 'msft' })).toEqual(reducing)
    expect(mayTrade({ stateDir, symbol: 'Aapl' })).toEqual(none)
    expect(mayTrade({ stateDir, symbol: 'TSLA' })).toEqual(full)
  })
})

describe('what cannot be told is no', () => {
  test.each<[string, Partial<Ask>]>([
    ['a venue that nobody permitted', { venue: 'dark' }],
    ['a slash in a symbol', { symbol: '../trade' }],
    ['a control character', { model: 'signal\n' }],
    ['a name that ends like a boot', { venue: `primary@${boot}` }],
    ['an empty name', { symbol: '' }],
    ['a relative directory', { stateDir: 'state' }],
    ['no directory', { stateDir: '/nowhere/at/all' }],
    ['a directory with a NUL', { stateDir: '/tmp\0' }],
    ['a file in the place of the directory', { stateDir: '/proc/version' }],
  ])('%s', (_, ask) => {
    expect(mayTrade({ stateDir: freshDesk().stateDir, ...ask })).toEqual(none)
  })

  test('another boot', () => {
    const { stateDir } = freshDesk()
    expect(mayTradeInBoot({ stateDir }, boot)).toEqual(full)
    // Names are kept from question to question; those of one boot say nothing in another.
    expect(mayTradeInBoot({ stateDir }, '00000000-0000-4000-8000-000000000000')).toEqual(none)
  })

  test('a state directory that is not absolute', () => {
    const { stateDir } = freshDesk()
    expect(mayTrade({ stateDir: relative(process.cwd(), stateDir) })).toEqual(none)
  })

  test('a directory whose name is so long that the system refuses to look for a hold', () => {
    const parent = mkdtempSync(join(tmpdir(), 'desk-killswitch-'))
    onTestFinished(() => {
      execFileSync('rm', ['-rf', parent])
    })
    const stateDir = longPath(parent, 4035)
    const permit = join(stateDir, 'permit')
    mkdirSync(permit, { recursive: true })
    for (const token of ['trade', 'open', 'half', 'full', 'rate-half', 'rate-full', 'unheld'])
      writeFileSync(join(permit, `${token}@${boot}`), '')
    const symbol = 'A'.repeat(64)
    execFileSync('touch', [`hold-symbol=${symbol}`], { cwd: permit })
    expect(mayTrade({ stateDir, symbol })).toEqual(none)
  })

  test('a directory of more than 1024 bytes', () => {
    const { stateDir } = freshDesk()
    const near = (length: number): Answer =>
      mayTrade({ stateDir: `/${'/'.repeat(length - stateDir.length - 1)}${stateDir}` })
    expect([near(1024), near(1025)]).toEqual([full, none])
  })

  test('a denial that is a link to nowhere, or to itself', () => {
    for (const target of ['nowhere', 'hold-symbol=AAPL']) {
      const { stateDir, permit } = freshDesk()
      symlinkSync(target, join(permit, 'hold-symbol=AAPL'))
      expect(mayTrade({ stateDir, symbol: 'AAPL' })).toEqual(none)
    }
  })

  test('nothing is cached', () => {
    const desk = freshDesk()
    for (let i = 0; i < 3; i++) {
      expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('all')
      tighten(desk.permit, ['trade'], boot)
      expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('none')
      writeFileSync(inForce(desk.permit, 'trade', boot), '')
    }
  })
})

test('no check after a halt is stale: lockstep rounds with another process', async () => {
  const rounds = 100_000
  expect(await lockstep(rounds)).toEqual({ rounds, stale: 0, blind: 0 })
})

test('a fresh directory that is not a desk permits nothing', () => {
  expect(mayTrade({ stateDir: scratch() })).toEqual(none)
})
