/**
 * Which process is this, and is that one still there? A bare pid is not enough: pids are reused, and a pid means another process in
 * another container or after a reboot. All questions are answered from `/proc` and `kill(pid, 0)`.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { kill, pid as ownPid } from 'node:process'

export interface ProcessIdentity {
  readonly pid: number
  /** Start time in clock ticks since boot; empty where the system does not tell. */
  readonly start: string
  /** Boot id; empty where the system does not tell. */
  readonly boot: string
  /** Inode of the pid namespace; empty where the system does not tell. */
  readonly namespace: string
}

/** The calling process. */
export function identifySelf(): ProcessIdentity {
  return { pid: ownPid, start: ownStart(), boot: bootId(), namespace: namespaceId() }
}

/**
 * False only where it is certain that the process has ended: another boot, no such pid, a zombie, or a pid that was given away again.
 * A process of another pid namespace cannot be seen from here and counts as alive.
 */
export function isAlive(other: ProcessIdentity): boolean {
  if (other.boot !== bootId()) return false
  if (other.namespace !== namespaceId()) return true
  if (!exists(other.pid)) return false
  const seen = statOf(other.pid)
  if (seen === undefined) return true // /proc hides processes of other users, or there is none
  return seen.state !== 'Z' && seen.state !== 'X' && (other.start === '' || seen.start === other.start)
}

export function isProcessIdentity(value: unknown): value is ProcessIdentity {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isSafeInteger(value.pid) &&
    ['start', 'boot', 'namespace'].every((name) => typeof Reflect.get(value, name) === 'string')
  )
}

function exists(pid: number): boolean {
  try {
    kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it is there and belongs to somebody else.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH')
  }
}

function statOf(pid: number | 'self'): { readonly state: string; readonly start: string } | undefined {
  try {
    const text = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    // The name in parentheses may hold spaces and parentheses itself; state is field 3, start time field 22.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const [state, start] = [fields[0], fields[19]]
    return state === undefined || start === undefined ? undefined : { state, start }
  } catch {
    return undefined
  }
}

let start: string | undefined
function ownStart(): string {
  return (start ??= statOf('self')?.start) ?? ''
}

let boot: string | undefined
function bootId(): string {
  return (boot ??= orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()))
}

let namespace: string | undefined
function namespaceId(): string {
  return (namespace ??= orEmpty(() => readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')))
}

function orEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
