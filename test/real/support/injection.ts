/** System calls at which a process is killed or refused, found by counting those of an undisturbed run. */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { env as ownEnv } from 'node:process'
import { type Ended, runDesk } from './program.ts'

/** Everything that changes what is on the disk. */
export const changingCalls = [
  'write',
  'fdatasync',
  'fsync',
  'rename',
  'unlink',
  'link',
  'mkdir',
  'rmdir',
  'openat',
] as const
export type Call = (typeof changingCalls)[number]
type Env = Readonly<Record<string, string>>
/** Nothing is left out; otherwise samples keep the tests within minutes. */
const isAll = ownEnv['DESK_REAL_ALL'] === '1'

export interface Point {
  readonly call: Call
  /** From 1, within one thread. */
  readonly number: number
}
export const nameOf = ({ call, number }: Point): string => `${call} ${String(number)}`

/** Every point of an undisturbed run's main thread at a file: not Node's own pipes. Opening counts only where it creates. */
export async function pointsOf(stateDir: string, args: readonly string[], env: Env = {}): Promise<readonly Point[]> {
  const log = join(stateDir, '..', 'trace.txt')
  const under = ['strace', '-f', '--seccomp-bpf', '-qq', '-y', '-e', `trace=${changingCalls.join(',')}`, '-o', log]
  await runDesk(stateDir, args, { under, env })
  const lines = readFileSync(log, 'utf8').split('\n')
  rmSync(log)
  const main = /^(\d+) /.exec(lines[0] ?? '')?.[1]
  const counts = new Map<Call, number>()
  const points: Point[] = []
  for (const line of lines) {
    const match = /^(\d+) +([a-z0-9]+)\(/.exec(line)
    const call = changingCalls.find((each) => each === match?.[2])
    if (call === undefined || match?.[1] !== main) continue
    const number = (counts.get(call) ?? 0) + 1
    counts.set(call, number)
    if (call === 'openat' ? line.includes('O_CREAT') : call !== 'write' || line.includes(`<${stateDir}/`))
      points.push({ call, number })
  }
  return points
}

/** All of them with DESK_REAL_ALL=1, else as many as there is time for, evenly spread. */
export function sample(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most || isAll) return points
  return Array.from({ length: most }, (_, i) => points[Math.floor((i * points.length) / most)]).flatMap((p) => p ?? [])
}

/** Kills the process at this call, which may or may not take place. */
export const killedAt = (stateDir: string, args: readonly string[], point: Point, env: Env = {}): Promise<Ended> =>
  runDesk(stateDir, args, { under: injecting(`${point.call}:signal=SIGKILL:when=${String(point.number)}`), env })

/** strace ends as its tracee did, or with the code that a shell would give. */
export const wasKilled = ({ code, signal }: Ended): boolean => signal === 'SIGKILL' || code === 137

export interface Refusal {
  readonly point: Point
  readonly errno: 'EIO' | 'ENOSPC'
}
/** Both errors at every point with DESK_REAL_ALL=1, else a sample of the points with one or the other. */
export function refusals(points: readonly Point[], most: number): readonly Refusal[] {
  return sample(points, most).flatMap((point, i): readonly Refusal[] => {
    const [eio, enospc]: readonly [Refusal, Refusal] = [
      { point, errno: 'EIO' },
      { point, errno: 'ENOSPC' },
    ]
    return isAll ? [eio, enospc] : i % 2 === 0 ? [eio] : [enospc]
  })
}

/** The call fails with this error, once. */
export const refusedAt = (
  stateDir: string,
  args: readonly string[],
  { point, errno }: Refusal,
  env: Env = {},
): Promise<Ended> =>
  runDesk(stateDir, args, { under: injecting(`${point.call}:error=${errno}:when=${String(point.number)}`), env })

/** Of the main thread, which is where everything is written. */
const injecting = (injection: string): readonly string[] => [
  ...['strace', '-qq', '-o', '/dev/null'],
  ...['-e', `trace=${injection.slice(0, injection.indexOf(':'))}`, '-e', `inject=${injection}`],
]
