import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import {
  type PermitDisk,
  grant,
  inForce,
  permitDisk,
  rearm,
  release,
  request,
  tighten,
} from '../../src/killswitch/permit.ts'
import type { Token } from '../../src/killswitch/scope.ts'
import { readStanding } from '../../src/killswitch/standing.ts'
import { bundle } from '../support/bundle.ts'
import { boot, freshDesk, permits, scratch } from './support.ts'

const all: readonly Token[] = ['trade', 'open', 'half', 'full']
const refusing = (errno: string): never => {
  throw Object.assign(new Error(errno), { code: errno })
}

/** Records the calls, so that the explored model and the code cannot drift apart. */
function recording(dir: string): { readonly on: PermitDisk; readonly calls: string[] } {
  const calls: string[] = []
  const short = (path: string): string => path.slice(dir.length + 1).replace(boot, 'boot')
  const on: PermitDisk = {
    ...permitDisk,
    unlink: (path) => {
      calls.push(`unlink ${short(path)}`)
      permitDisk.unlink(path)
    },
    list: (path) => {
      calls.push('list')
      return [...permitDisk.list(path)].sort()
    },
    rename: (from, to) => {
      calls.push(`rename ${short(from)} ${short(to)}`)
      permitDisk.rename(from, to)
    },
  }
  return { on, calls }
}

test('a halt makes the calls that were explored: permission, what it could be made from, permission again', () => {
  const desk = freshDesk()
  request(desk.permit, 'trade', 'a', 'x')
  request(desk.permit, 'full', 'p', 'x')
  writeFileSync(join(desk.permit, 'trade@otherboot'), '')
  const { on, calls } = recording(desk.permit)
  expect(tighten(desk.permit, all, boot, on)).toEqual({ gone: true, swept: true, troubles: [] })
  const permissions = all.map((token) => `unlink ${token}@boot`)
  expect(calls).toEqual([
    ...permissions,
    'list',
    'unlink full+p',
    'unlink trade+a',
    'unlink trade@otherboot',
    ...permissions,
  ])
  expect(permits(desk).filter((name) => /^(trade|open|half|full)[@+]/.test(name))).toEqual([])
  expect(readStanding(desk.stateDir, boot)).toEqual({ state: 'HALTED', sizeMultiplier: 0 })
})

test('a release tightens the sizes first and grants trade last', () => {
  const desk = freshDesk()
  tighten(desk.permit, all, boot)
  request(desk.permit, 'open', 'a', 'x')
  request(desk.permit, 'trade', 'a', 'x')
  writeFileSync(join(desk.permit, `full@${boot}`), 'left over')
  const { on, calls } = recording(desk.permit)
  expect(release(desk.permit, ['open', 'trade'], 'a', boot, on)).toEqual({ kind: 'granted' })
  expect(calls).toEqual([
    ...['unlink half@boot', 'unlink full@boot', 'list', 'unlink half@boot', 'unlink full@boot'],
    ...['rename open+a open@boot', 'rename trade+a trade@boot'],
  ])
  expect(readStanding(desk.stateDir, boot)).toEqual({ state: 'ACTIVE', sizeMultiplier: 0.25 })
})

test('a tightening leaves other permissions alone, also those whose names begin alike', () => {
  const desk = freshDesk()
  const others = permits(desk).filter((name) => !/^(half|full)@/.test(name))
  tighten(desk.permit, ['half', 'full'], boot)
  expect(permits(desk)).toEqual(others)
})

test('a grant that a tightening overtook is void, and stays void', () => {
  const desk = freshDesk()
  tighten(desk.permit, all, boot)
  for (const token of ['open', 'trade'] as const) request(desk.permit, token, 'a', 'x')
  tighten(desk.permit, all, boot)
  expect(grant(desk.permit, ['open', 'trade'], 'a', boot)).toEqual({ kind: 'void' })
  expect(existsSync(inForce(desk.permit, 'trade', boot))).toBe(false)
})

test('a request is filed once, and what the system refuses leaves nothing behind', () => {
  const desk = freshDesk()
  request(desk.permit, 'full', 'p', 'first')
  expect(() => {
    request(desk.permit, 'full', 'p', 'second')
  }).toThrow(/EEXIST/)
  expect(() => {
    request(join(desk.stateDir, 'nowhere'), 'full', 'q', 'x')
  }).toThrow(/ENOENT/)
  expect(permits(desk).filter((name) => name.includes('+'))).toEqual(['full+p'])
})

test('after a reboot nothing is in force until the same permissions are taken up again', () => {
  const desk = freshDesk()
  const next = '00000000-0000-4000-8000-000000000000'
  expect(readStanding(desk.stateDir, next).state).toBe('HALTED')
  expect(rearm(desk.permit, ['full', 'half', 'open', 'trade'], boot, next)).toEqual({ kind: 'granted' })
  expect(readStanding(desk.stateDir, next)).toEqual({ state: 'ACTIVE', sizeMultiplier: 1 })
  expect(readStanding(desk.stateDir, boot).state).toBe('HALTED')
})

test('a halt after the reboot voids what could be taken up', () => {
  const desk = freshDesk()
  const next = '00000000-0000-4000-8000-000000000000'
  tighten(desk.permit, all, next)
  expect(rearm(desk.permit, ['open', 'trade'], boot, next)).toEqual({ kind: 'void' })
  expect(readStanding(desk.stateDir, next).state).toBe('HALTED')
})

test.each(['EROFS', 'EACCES', 'EPERM', 'EIO'])(
  '%s on unlink: the permission that is still there is not called gone',
  (errno) => {
    const desk = freshDesk()
    const result = tighten(desk.permit, all, boot, { ...permitDisk, unlink: () => refusing(errno) })
    expect(result).toMatchObject({ gone: false, swept: false })
    expect(result.troubles[0]).toEqual({ path: inForce(desk.permit, 'trade', boot), errno })
  },
)

test('a read-only directory in which nothing is permitted is gone and swept', () => {
  const desk = freshDesk()
  tighten(desk.permit, all, boot)
  const result = tighten(desk.permit, all, boot, { ...permitDisk, unlink: () => refusing('EROFS') })
  expect(result).toMatchObject({ gone: true, swept: true })
  expect(result.troubles).not.toEqual([])
})

test('a directory that cannot be listed may still hold requests: gone, but not swept', () => {
  const desk = freshDesk()
  const result = tighten(desk.permit, all, boot, { ...permitDisk, list: () => refusing('EACCES') })
  expect(result).toMatchObject({ gone: true, swept: false })
})

test('a full or broken disk does not keep a halt from happening', () => {
  const desk = freshDesk()
  const result = tighten(desk.permit, all, boot, {
    ...permitDisk,
    syncDirectory: () => refusing('EIO'),
    rename: () => refusing('ENOSPC'),
  })
  expect(result).toMatchObject({ gone: true, swept: true })
  expect(readStanding(desk.stateDir, boot).state).toBe('HALTED')
})

test('a grant that cannot be made durable is taken back', () => {
  const desk = freshDesk()
  tighten(desk.permit, all, boot)
  for (const token of ['open', 'trade'] as const) request(desk.permit, token, 'a', 'x')
  const on = { ...permitDisk, syncDirectory: () => refusing('EIO') }
  expect(grant(desk.permit, ['open', 'trade'], 'a', boot, on)).toEqual({ kind: 'failed', errno: 'EIO' })
  expect(readStanding(desk.stateDir, boot).state).toBe('HALTED')
})

test('a directory in the place of a permission is moved out, whatever lies in it', () => {
  const desk = freshDesk()
  const trade = inForce(desk.permit, 'trade', boot)
  rmSync(trade)
  mkdirSync(join(trade, 'within'), { recursive: true })
  expect(tighten(desk.permit, all, boot)).toEqual({ gone: true, swept: true, troubles: [] })
  expect(readStanding(desk.stateDir, boot).state).toBe('HALTED')
  expect(existsSync(trade)).toBe(false)
})

test('no directory, or a file in its place, is HALTED and nothing is left to remove', () => {
  const dir = scratch()
  expect(tighten(join(dir, 'permit'), all, boot)).toEqual({ gone: true, swept: true, troubles: [] })
  writeFileSync(join(dir, 'permit'), '')
  expect(readStanding(dir, boot).state).toBe('HALTED')
  expect(tighten(join(dir, 'permit'), all, boot)).toMatchObject({ gone: true })
})

test('without a boot id every gate says no, and what any boot permitted is removed', () => {
  const desk = freshDesk()
  expect(readStanding(desk.stateDir, undefined).state).toBe('HALTED')
  expect(tighten(desk.permit, all, undefined)).toMatchObject({ gone: true, swept: true })
  expect(readdirSync(desk.permit).filter((name) => name.startsWith('trade'))).toEqual([])
})

test('a directory of somebody else: HALTED for the gate that cannot read it, and a halt that cannot remove says so', async () => {
  const desk = freshDesk()
  const file = await bundle('test/killswitch/fixtures/stranger.ts')
  const ask = (): unknown => JSON.parse(execFileSync(process.execPath, [file, desk.stateDir], { encoding: 'utf8' }))
  for (const dir of [join(desk.stateDir, '..'), desk.stateDir, desk.permit]) chmodSync(dir, 0o755)
  chmodSync(join(file, '..'), 0o755)
  const isRoot = process.getuid?.() === 0
  if (isRoot) expect(ask()).toMatchObject({ allowed: 'all', gone: false, errno: 'EACCES' })
  else {
    chmodSync(desk.permit, 0o555)
    expect(ask()).toMatchObject({ allowed: 'all', gone: false, errno: 'EACCES' })
  }
  chmodSync(desk.permit, isRoot ? 0o700 : 0o000)
  const shut = ask()
  chmodSync(desk.permit, 0o700)
  expect(shut).toMatchObject({ allowed: 'none', gone: false, errno: 'EACCES' })
})
