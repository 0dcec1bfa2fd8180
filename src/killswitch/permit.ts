/**
 * The permit protocol: how permissions come into force and cease. Files in `<state>/permit/`:
 *
 *   <token>@<boot id>   in force. Its content is commentary
 *   <token>+<id>        a request: the same file, complete and synced, not in force
 *
 * K1  A permission comes into force by rename of a request (or, after a reboot, of the stale permission) and by nothing else.
 * K2  A tightening removes the permission, then everything it could be made from, then the permission again. So a grant that it overtook
 *     finds no file to rename. It needs no lock, clock, disk space or log.
 * K3  Ids are never used twice, so a grant puts into force exactly the request that was approved.
 * K4  The boot id is part of the name: after a reboot, or a power loss that brings a removed file back, nothing is in force.
 */
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync, renameSync, unlinkSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { dirname } from 'node:path'
import type { Token } from './scope.ts'
import { createFile } from '../disk/directory.ts'
import { disk, writeAll } from '../disk/write.ts'

/** The system calls of the protocol, through a seam at which tests refuse, interleave and record them. Errors are the system's own. */
export interface PermitDisk {
  readonly unlink: (path: string) => void
  readonly list: (dir: string) => readonly string[]
  readonly rename: (from: string, to: string) => void
  /** Throws ENOENT or ENOTDIR where nothing is; follows no link. */
  readonly look: (path: string) => void
  readonly syncDirectory: (dir: string) => void
}
export const permitDisk: PermitDisk = {
  unlink: remove,
  list: (dir) => readdirSync(dir),
  rename: renameSync,
  look: (path) => {
    lstatSync(path)
  },
  syncDirectory: (dir) => {
    const fd = openSync(dir, 'r')
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  },
}

export const permitDir = (stateDir: string): string => `${stateDir}/permit`
export const inForce = (dir: string, token: Token, boot: string): string => `${dir}/${token}@${boot}`
export const requested = (dir: string, token: Token, id: string): string => `${dir}/${token}+${id}`

export interface Trouble {
  readonly path: string
  readonly errno: string
}
export interface Tightened {
  /** None of the permissions is in force. */
  readonly gone: boolean
  /** Nothing is left that could become one of them. */
  readonly swept: boolean
  /** What the system refused on the way, for people. */
  readonly troubles: readonly Trouble[]
}

/**
 * Removes permissions, the first one first. Never throws. When it answers gone and swept, none of the tokens is in force, and none can
 * come into force from a request that existed when it began. Where the boot is unknown no gate answers yes; all boots are removed then.
 */
export function tighten(
  dir: string,
  tokens: readonly Token[],
  boot: string | undefined,
  on: PermitDisk = permitDisk,
): Tightened {
  const troubles: Trouble[] = []
  const attempt = (path: string, act: () => void): void => {
    try {
      act()
    } catch (error) {
      if (!isAbsence(error)) troubles.push({ path, errno: errnoOf(error) })
    }
  }
  const remove = (path: string): void => {
    attempt(path, () => {
      on.unlink(path)
    })
  }
  const removeInForce = (): void => {
    if (boot !== undefined) for (const token of tokens) remove(inForce(dir, token, boot))
  }
  const relatives = (): readonly string[] =>
    on.list(dir).filter((name) => tokens.some((token) => isRelative(name, token)))

  removeInForce() // visible to every process at its next check
  attempt(dir, () => {
    for (const name of relatives()) remove(`${dir}/${name}`)
  })
  removeInForce() // what a grant put there between the first step and the sweep
  if (troubles.length === 0) {
    attempt(dir, () => {
      on.syncDirectory(dir)
    })
    return { gone: true, swept: true, troubles }
  }
  // A read-only file system refuses to remove even what is not there. What counts is what is left.
  const left = remains(relatives)
  const gone =
    boot === undefined ? left?.length === 0 : tokens.every((token) => isAbsent(on, inForce(dir, token, boot)))
  return { gone, swept: left?.length === 0, troubles }
}

export type Granted =
  | { readonly kind: 'granted' }
  /** The request is no longer there: a tightening, or another grant, came first. */
  | { readonly kind: 'void' }
  | { readonly kind: 'failed'; readonly errno: string }

/** Files a request; from here on any tightening of the token voids it. Throws what the system refuses, and leaves nothing then. */
export function request(dir: string, token: Token, id: string, content: string): void {
  const path = requested(dir, token, id)
  const fd = createFile(path, 'wx')
  try {
    writeAll(disk, fd, Buffer.from(content))
    fsyncSync(fd)
    permitDisk.syncDirectory(dir)
  } catch (error) {
    unlinkSync(path)
    throw error
  } finally {
    closeSync(fd)
  }
}

/** Puts requests of one id into force, in this order; the last one is the commit. Their approval has been made durable before. */
export function grant(
  dir: string,
  tokens: readonly Token[],
  id: string,
  boot: string,
  on: PermitDisk = permitDisk,
): Granted {
  return moveAll(dir, tokens, (token) => requested(dir, token, id), boot, on)
}

/** A release: whatever size there was, it is 25 % from here. `tokens` end with `trade`. */
export function release(
  dir: string,
  tokens: readonly Token[],
  id: string,
  boot: string,
  on: PermitDisk = permitDisk,
): Granted {
  const { gone, swept, troubles } = tighten(dir, ['half', 'full'], boot, on)
  if (!gone || !swept) return { kind: 'failed', errno: troubles[0]?.errno ?? 'EIO' }
  return grant(dir, tokens, id, boot, on)
}

/**
 * After a reboot that no halt preceded: the stale permissions are the requests, so a halt voids them like any other. `tokens` are
 * granted in this order, what is no longer there is left out, and `trade` comes last.
 */
export function rearm(
  dir: string,
  tokens: readonly Token[],
  oldBoot: string,
  boot: string,
  on: PermitDisk = permitDisk,
): Granted {
  for (const token of tokens.filter((each) => each !== 'trade')) {
    const moved = moveAll(dir, [token], () => inForce(dir, token, oldBoot), boot, on)
    if (moved.kind === 'failed') return moved
  }
  return tokens.includes('trade')
    ? moveAll(dir, ['trade'], () => inForce(dir, 'trade', oldBoot), boot, on)
    : { kind: 'granted' }
}

/** The content of a permission or request; undefined where there is none. */
export function contentOf(path: string): string | undefined {
  try {
    return readRegularFile(path).toString()
  } catch {
    return undefined
  }
}

/**
 * The same of a permission in force, where something that is no file, or cannot be read, has an empty content: nobody was granted that,
 * and yet it permits as long as it lies there.
 */
export function contentInForce(path: string): string | undefined {
  try {
    return readRegularFile(path).toString()
  } catch (error) {
    return ['ENOTSUP', 'ENXIO', 'EISDIR', 'EACCES', 'EPERM'].includes(errnoOf(error)) ? '' : undefined
  }
}

/** A directory under a permission's name permits as well, and is no file to unlink: it is moved out, whatever lies in it. */
function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!['EISDIR', 'EPERM'].includes(errnoOf(error)) || !lstatSync(path).isDirectory()) throw error
    renameSync(path, `${dirname(dirname(path))}/removed-${String(process.pid)}-${String(process.hrtime.bigint())}`)
  }
}

function moveAll(
  dir: string,
  tokens: readonly Token[],
  from: (token: Token) => string,
  boot: string,
  on: PermitDisk,
): Granted {
  try {
    for (const token of tokens) on.rename(from(token), inForce(dir, token, boot))
  } catch (error) {
    return isAbsence(error) ? { kind: 'void' } : { kind: 'failed', errno: errnoOf(error) }
  }
  try {
    on.syncDirectory(dir)
  } catch (error) {
    tighten(dir, tokens, boot, on) // a disk that fails is no place for a permission
    return { kind: 'failed', errno: errnoOf(error) }
  }
  return { kind: 'granted' }
}

const isRelative = (name: string, token: Token): boolean => name.startsWith(`${token}+`) || name.startsWith(`${token}@`)

/** Undefined: cannot be told. */
function remains(relatives: () => readonly string[]): readonly string[] | undefined {
  try {
    return relatives()
  } catch (error) {
    return isAbsence(error) ? [] : undefined
  }
}

function isAbsent(on: PermitDisk, path: string): boolean {
  try {
    on.look(path)
    return false
  } catch (error) {
    return isAbsence(error)
  }
}

export const errnoOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO'
const isAbsence = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(errnoOf(error))
