/**
 * A lock between processes: publish, then look. It guards the execution of one run, the short moment between "no open run holds these
 * resources" and opening one that does, and the paper desk's own state.
 *
 * L1 Every contender creates a name of its own. Names are never used twice and never renamed: a listing may miss a name in mid-rename.
 * L2 A name stays until its owner leaves or is dead. Dead owners' names may be removed by anybody, so there is no race to take over.
 * L3 Who has created a name looks once, and holds the lock when every live name of that first look has left. Of two contenders at least
 *    one finds the other in its first look and waits for it: two holders at once are impossible.
 * L4 Who finds a holder, or a smaller name, leaves. Names are totally ordered, so of many that start at once exactly one gets it, and
 *    newcomers delay nobody.
 */
import { closeSync, readdirSync, unlinkSync, writeSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { hrtime } from 'node:process'
import { createFile, ensureDirectory } from '../disk/directory.ts'
import { hintOn } from '../disk/hint.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import { identifySelf, isAlive, type ProcessIdentity } from './liveness.ts'

export interface Claim {
  /** The person or role that shows up in "locked by". */
  readonly who: string
  /** What it is held for, e.g. a run id. */
  readonly purpose?: string
}
export interface Lock {
  readonly kind: 'lock'
  /** Idempotent. */
  readonly release: () => void
}
/** Somebody else has it: exit 75. */
export interface HeldBy {
  readonly kind: 'held'
  readonly pid: number
  /** Empty for a contender that was seen before it had written who it is. */
  readonly who: string
  readonly purpose?: string
  /** RFC 3339; empty likewise. */
  readonly since: string
  /** The file whose removal frees the lock, for the rare owner that cannot be told alive or dead from here. */
  readonly file: string
}

export interface Surroundings {
  readonly now: () => Date
  readonly isAlive?: (process: ProcessIdentity) => boolean
}

const held = '.held'
const longestSettlingMs = 1000
let claims = 0

/**
 * Takes the lock that the directory stands for, creating the directory where needed. Waits for a holder up to `waitMs`, blocking the
 * thread; 0 answers at once. Throws DeskError `lock-unavailable` (73) where the directory cannot be written.
 */
export function acquire(dir: string, waitMs: number, claim: Claim, surroundings: Surroundings): Lock | HeldBy {
  const until = monotonicMs() + waitMs
  try {
    ensureDirectory(dir)
    for (;;) {
      const answer = tryOnce(dir, claim, surroundings)
      if (answer.kind === 'lock' || monotonicMs() >= until) return answer
      pause(2)
    }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const hint = hintOn('code' in error && typeof error.code === 'string' ? error.code : '')
    throw new DeskError('lock-unavailable', exitCodes.auditUnwritable, `cannot lock ${dir}: ${error.message}`, hint)
  }
}

function tryOnce(dir: string, claim: Claim, surroundings: Surroundings): Lock | HeldBy {
  const mine = newName()
  try {
    publish(dir, mine, claim, surroundings.now)
    return contend(dir, mine, surroundings)
  } catch (error) {
    remove(dir, mine) // a name that is left behind would shut everybody out as long as this process lives
    throw error
  }
}

function contend(dir: string, mine: string, surroundings: Surroundings): Lock | HeldBy {
  const alive = (name: string): boolean => isOwnerAlive(name, surroundings.isAlive ?? isAlive)
  let awaited: ReadonlySet<string> | undefined
  const settledBy = monotonicMs() + longestSettlingMs
  for (;;) {
    const names = readdirSync(dir)
    const holders = new Set(names.filter((name) => name.endsWith(held)).map((name) => name.slice(0, -held.length)))
    const others: string[] = []
    for (const name of names) {
      if (name.endsWith(held) || name === mine || awaited?.has(name) === false) continue
      if (alive(name)) others.push(name)
      else remove(dir, name)
    }
    if (others.length === 0) {
      closeSync(createFile(`${dir}/${mine}${held}`, 'wx'))
      return {
        kind: 'lock',
        release: () => {
          remove(dir, mine)
        },
      }
    }
    awaited ??= new Set(others)
    const stronger =
      others.find((name) => holders.has(name)) ??
      others.find((name) => name < mine) ??
      (monotonicMs() > settledBy ? others[0] : undefined)
    if (stronger !== undefined) {
      remove(dir, mine)
      return describe(dir, stronger)
    }
    pause(1)
  }
}

function newName(): string {
  const self = identifySelf()
  const age = hrtime.bigint().toString().padStart(20, '0')
  const parts = [age, String(self.pid), self.start, self.boot.replaceAll('-', ''), self.namespace, String(claims++)]
  return parts.join('-')
}

function publish(dir: string, name: string, claim: Claim, now: () => Date): void {
  const fd = createFile(`${dir}/${name}`, 'wx')
  try {
    writeSync(fd, JSON.stringify({ ...claim, since: now().toISOString() }))
  } finally {
    closeSync(fd)
  }
}

/** A name that is not one of ours is somebody's that cannot be judged: alive. */
function isOwnerAlive(name: string, check: (process: ProcessIdentity) => boolean): boolean {
  const [, pid, start, boot, namespace] = name.split('-')
  if (pid === undefined || start === undefined || boot === undefined || namespace === undefined) return true
  return check({ pid: Number(pid), start, namespace, boot: withHyphens(boot) })
}

/** A boot id is a UUID; in names its hyphens are left out, because they separate the parts. */
function withHyphens(boot: string): string {
  return boot.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function remove(dir: string, name: string): void {
  for (const file of [`${dir}/${name}${held}`, `${dir}/${name}`]) {
    try {
      unlinkSync(file)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
  }
}

function describe(dir: string, name: string): HeldBy {
  const file = `${dir}/${name}`
  const base = { kind: 'held', pid: Number(name.split('-')[1]), file } as const
  try {
    const claim: unknown = JSON.parse(readRegularFile(file).toString())
    if (typeof claim !== 'object' || claim === null) return { ...base, who: '', since: '' }
    const text = (field: string): string => {
      const value: unknown = Reflect.get(claim, field)
      return typeof value === 'string' ? value : ''
    }
    const purpose = text('purpose')
    return { ...base, who: text('who'), since: text('since'), ...(purpose === '' ? {} : { purpose }) }
  } catch {
    return { ...base, who: '', since: '' } // gone meanwhile, or not yet written
  }
}

const monotonicMs = (): number => Number(hrtime.bigint() / 1_000_000n)

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
