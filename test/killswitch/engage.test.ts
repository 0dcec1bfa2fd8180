import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPaperDesk } from '../../src/killswitch/birth.ts'
import { engage, type HaltDisk, haltDisk, type HaltOrder } from '../../src/killswitch/engage.ts'
import { ensurePaperDesk } from '../../src/killswitch/first-desk.ts'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { recordHalt } from '../../src/killswitch/halt-record.ts'
import { adoptSilentHalt } from '../../src/killswitch/inspect.ts'
import { releaseStatus } from '../../src/killswitch/release.ts'
import { type Scope, parseScope } from '../../src/killswitch/scope.ts'
import { readTrading } from '../../src/killswitch/trading.ts'
import { boot, freshDesk, halt, inForceNow, permits, scratch, type TestDesk } from './support.ts'

const refusing = (errno: string) => (): never => {
  throw Object.assign(new Error(errno), { code: errno })
}
const order = (scope: Scope, id = 'halt-01kaaaaaaaaaaaaaaaaaaaaaaa'): HaltOrder => ({ scope, id, note: '{}' })
const all: Scope = { kind: 'all' }
const refOf = (stateDir: string) => ({ profile: 'paper', name: 'paper', stateDir }) as const
const press = (desk: TestDesk, scope: Scope, disk: Partial<HaltDisk> = {}) =>
  engage(refOf(desk.stateDir), order(scope), { ...haltDisk, ...disk })

test('a halt says what was there before, and is the same when repeated', () => {
  const desk = freshDesk()
  expect(press(desk, all)).toMatchObject({
    halted: true,
    already: false,
    before: { kind: 'desk', state: 'ACTIVE', size: 1 },
    troubles: [],
  })
  expect(press(desk, all)).toMatchObject({ halted: true, already: true, before: { state: 'HALTED' } })
  expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('none')
})

test.each([
  ['venue:primary', { venue: 'primary' }, { venue: 'backup' }],
  ['model:signal', { model: 'signal' }, { venue: 'primary' }],
  ['symbol:AAPL', { symbol: 'AAPL' }, { symbol: 'MSFT' }],
])('a halt of %s halts that and nothing else', (text, inside, outside) => {
  const desk = freshDesk()
  const scope = parseScope(text)
  if (scope === undefined) throw new Error(text)
  expect(press(desk, scope)).toMatchObject({ halted: true, already: false, widened: false })
  expect(mayTrade({ stateDir: desk.stateDir, ...inside }).allowed).toBe('none')
  expect(mayTrade({ stateDir: desk.stateDir, ...outside }).allowed).toBe('all')
  expect(engage(refOf(desk.stateDir), order(scope, 'halt-01kbbbbbbbbbbbbbbbbbbbbbbb'))).toMatchObject({
    halted: true,
    already: true,
  })
})

test.each(['ENOSPC', 'EROFS', 'EDQUOT'])(
  'a part that cannot be marked (%s) halts the whole desk instead, and says so',
  (errno) => {
    const desk = freshDesk()
    const engaged = press(desk, { kind: 'symbol', id: 'AAPL' }, { mark: refusing(errno) })
    expect(engaged).toMatchObject({ halted: true, widened: true, scope: all, troubles: [{ errno }] })
    expect(mayTrade({ stateDir: desk.stateDir, symbol: 'MSFT' }).allowed).toBe('none')
  },
)

test.each(['EROFS', 'EACCES'])('%s: not halted is said, never hidden', (errno) => {
  const desk = freshDesk()
  const engaged = press(desk, all, { unlink: refusing(errno) })
  expect(engaged).toMatchObject({ halted: false })
  expect(engaged.troubles.map((trouble) => trouble.errno)).toContain(errno)
})

test('without a state directory its permit directory is made first, so that a first desk cannot be born armed', () => {
  const desk = { ...freshDesk(), stateDir: join(scratch(), 'state', 'paper') }
  expect(press(desk, all)).toMatchObject({ halted: true, before: { kind: 'absent' } })
  expect(readdirSync(join(desk.stateDir, 'permit'))).toEqual([])
  const birth = { id: 'release-x', boot, venues: [], models: [], content: '{}', furnish: () => undefined }
  expect(createPaperDesk(desk.stateDir, birth)).toBe('exists')
  expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('none')
  expect(readdirSync(join(desk.stateDir, '..'))).toEqual(['paper'])
})

test('a first desk that is renamed into place while a halt is on its way is halted too', () => {
  const desk = freshDesk()
  const stateDir = join(scratch(), 'paper')
  const claim = (dir: string): void => {
    ensurePaperDesk(stateDir, boot, { venues: ['primary'], models: [], by: 'oncall' }, desk.means)
    haltDisk.claim(dir)
  }
  expect(engage(refOf(stateDir), order(all), { ...haltDisk, claim })).toMatchObject({ halted: true })
  expect(mayTrade({ stateDir }).allowed).toBe('none')
})

test('a place where nothing can be made is halted, with the reason', () => {
  const dir = scratch()
  writeFileSync(join(dir, 'file'), '')
  expect(engage(refOf(join(dir, 'file', 'paper')), order(all))).toMatchObject({
    halted: true,
    before: { kind: 'absent' },
    troubles: [{ errno: 'ENOTDIR' }],
  })
})

test('a fresh desk is there with everything or not at all', () => {
  const stateDir = join(scratch(), 'paper')
  const desk = freshDesk()
  const first = { venues: ['primary'], models: ['signal'], by: 'oncall' }
  const furnish = (): void => {
    throw new Error('the disk is full')
  }
  expect(() => ensurePaperDesk(stateDir, boot, { ...first, furnish }, desk.means)).toThrow('full')
  expect(readdirSync(join(stateDir, '..'))).toEqual([])
  expect(ensurePaperDesk(stateDir, boot, first, desk.means)).toBe('created')
  expect(ensurePaperDesk(stateDir, boot, first, desk.means)).toBe('exists')
  expect(mayTrade({ stateDir, venue: 'primary', model: 'signal' })).toEqual({
    allowed: 'all',
    sizeMultiplier: 1,
    orderRate: 1,
  })
})

test('who and why are on record, and the state tells them', () => {
  const desk = freshDesk()
  const { id } = halt(desk, all, 'risk', 'wrong fills')
  const read = readTrading(desk.stateDir, desk.clock.ms)
  expect(read.trading).toMatchObject({
    state: 'HALTED',
    sizeMultiplier: 0,
    epoch: id,
    by: 'risk',
    reason: 'wrong fills',
  })
  halt(desk, all, 'oncall', 'again')
  expect(readTrading(desk.stateDir, desk.clock.ms).trading).toMatchObject({ by: 'risk' })
  expect(readTrading(desk.stateDir, desk.clock.ms).halts).toHaveLength(2)
})

test('a halt that no log takes stands, and the next command records it with its reason', () => {
  const desk = freshDesk()
  const segments = join(desk.stateDir, 'audit/segments')
  const kept = readdirSync(segments).map((name) => [name, readFileSync(join(segments, name))] as const)
  rmSync(segments, { recursive: true })
  writeFileSync(segments, 'in the way')
  const engaged = engage(refOf(desk.stateDir), order(all))
  const record = recordHalt(
    engaged,
    { id: 'halt-01kaaaaaaaaaaaaaaaaaaaaaaa', by: 'risk', reason: 'wrong fills' },
    desk.means,
  )
  expect(record.problem()).toMatch(/audit log cannot be written/)
  expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('none')

  rmSync(segments)
  mkdirSync(segments)
  for (const [name, bytes] of kept) writeFileSync(join(segments, name), bytes)
  endProcessOfNotes(desk)
  expect(adoptSilentHalt(desk.stateDir, boot, desk.means)).toMatchObject([{ recorded: true }])
  expect(readTrading(desk.stateDir, desk.clock.ms).trading).toMatchObject({
    state: 'HALTED',
    by: 'risk',
    reason: 'wrong fills',
  })
  expect(adoptSilentHalt(desk.stateDir, boot, desk.means)).toEqual([])
})

/** The process that wrote a note is this one; what is to be seen is what happens after it has ended. */
function endProcessOfNotes(desk: TestDesk): void {
  const dir = join(desk.stateDir, 'unrecorded')
  for (const name of readdirSync(dir)) {
    const file = join(dir, name)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"start":"\d+"/, '"start":"1"'))
  }
}

test('a halt without desk, by rm, is put on record by the next command, once', () => {
  const desk = freshDesk()
  rmSync(join(desk.permit, `trade@${boot}`))
  expect(adoptSilentHalt(desk.stateDir, boot, desk.means)).toMatchObject([{ recorded: true }])
  expect(readTrading(desk.stateDir, desk.clock.ms)).toMatchObject({
    trading: { state: 'HALTED', by: 'unknown' },
    halts: [{ silent: true }],
  })
  expect(adoptSilentHalt(desk.stateDir, boot, desk.means)).toEqual([])
})

test('the whole permit directory gone is a halt as well', () => {
  const desk = freshDesk()
  rmSync(desk.permit, { recursive: true })
  expect(mayTrade({ stateDir: desk.stateDir }).allowed).toBe('none')
  expect(adoptSilentHalt(desk.stateDir, boot, desk.means)).toMatchObject([{ recorded: true }])
})

test('a desk that is as it was decided gives nothing to record', () => {
  const desk = freshDesk()
  const before = readdirSync(join(desk.stateDir, 'audit/segments'))
  expect(adoptSilentHalt(desk.stateDir, boot, desk.means)).toEqual([])
  expect(readdirSync(join(desk.stateDir, 'audit/segments'))).toEqual(before)
  expect(existsSync(join(desk.stateDir, 'unrecorded'))).toBe(false)
  expect(inForceNow(desk)).toHaveLength(permits(desk).length)
})

test('a halt of a venue that died before its record is put on record as a halt, once, and not as a hold', () => {
  const desk = freshDesk()
  press(desk, { kind: 'venue', id: 'primary' })
  expect(readTrading(desk.stateDir, desk.clock.ms).halts).toMatchObject([{ scope: 'venue:primary', by: 'unknown' }])
  expect(adoptSilentHalt(desk.stateDir, boot, desk.means)).toMatchObject([{ recorded: true }])
  const { halts } = releaseStatus(desk.stateDir, boot, desk.means)
  expect(halts).toMatchObject([{ scope: 'venue:primary', silent: true }])
  expect(adoptSilentHalt(desk.stateDir, boot, desk.means)).toEqual([])
})
