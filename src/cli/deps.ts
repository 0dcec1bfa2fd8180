/** The real world for commands: clock, randomness, signals. The one place besides `io.ts` that touches `process`. */
import type { Deps, System } from './command.ts'
import { liveRegistry } from '../killswitch/desks.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import { cipherLibrary } from '../model/sha256.ts'

export const system: System = {
  liveRegistry,
  loginUidFile: '/proc/self/loginuid',
  passwdFile: '/etc/passwd',
  trustedUid: 0,
}

type Interruption = Pick<Deps, 'interrupted' | 'interrupt'>

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * With DESK_NOW (paper only) time starts at that moment and moves only by waiting: a wait returns at once and the clock has moved on.
 * Throws DeskError `bad-now` when DESK_NOW is no RFC 3339 moment.
 */
export function realDeps(env: Deps['env'] = process.env, interruption: Interruption = signalled()): Deps {
  return {
    ...clockOf(env['DESK_NOW']),
    env,
    cwd: process.cwd(),
    // Loaded with the first id: `desk status` makes none.
    random: (bytes) => cipherLibrary().randomBytes(bytes),
    get host() {
      return process.getBuiltinModule('node:os').hostname()
    },
    pid: process.pid,
    system,
    get interrupted() {
      return interruption.interrupted
    },
    interrupt: interruption.interrupt,
  }
}

/** Signals abort. */
function signalled(): Interruption {
  const interrupted = new AbortController()
  const interrupt = (signal: (typeof signals)[number]): void => {
    interrupted.abort(signal)
  }
  for (const signal of signals) {
    process.on(signal, () => {
      interrupt(signal)
    })
  }
  return { interrupted: interrupted.signal, interrupt }
}

/** Signals end the process, as they do by themselves: for what reads, tells and is over. */
export const endedBySignals: Interruption = {
  get interrupted() {
    return new AbortController().signal
  },
  interrupt: () => undefined,
}

/** Signals change nothing: what has been begun goes on to its end though its terminal is gone. */
export function deafToSignals(): Interruption {
  for (const signal of signals) process.on(signal, () => undefined)
  return endedBySignals
}

export const wallClock: Pick<Deps, 'now' | 'sleep'> = {
  now: () => new Date(),
  sleep: (ms, signal) => realSleep(ms, signal),
}

function clockOf(start: string | undefined): Pick<Deps, 'now' | 'sleep'> {
  if (start === undefined || start === '') return wallClock
  const nowMs = Date.parse(start)
  if (!/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(start) || Number.isNaN(nowMs)) {
    throw new DeskError(
      'bad-now',
      exitCodes.usage,
      `DESK_NOW is no RFC 3339 moment with an offset: ${start}`,
      'for example DESK_NOW=2026-11-20T09:05:00-05:00',
    )
  }
  return jumpingClock(new Date(nowMs))
}

/**
 * Stands still but for waits, which return at once with the clock moved on. Of several at a time the one that ends first is woken first,
 * and goes on as far as it can before the next.
 */
export function jumpingClock(start: Date): Pick<Deps, 'now' | 'sleep'> {
  let nowMs = start.getTime()
  const sleepers: { readonly untilMs: number; readonly wake: () => void }[] = []
  const wakeFirst = (): void => {
    const first = Math.min(...sleepers.map(({ untilMs }) => untilMs))
    const [sleeper] = sleepers.splice(
      sleepers.findIndex(({ untilMs }) => untilMs === first),
      1,
    )
    nowMs = Math.max(nowMs, first)
    sleeper?.wake()
  }
  return {
    now: () => new Date(nowMs),
    // One turn of the event loop for each, so that signals are still seen.
    sleep: (ms) =>
      new Promise((resolve) => {
        sleepers.push({ untilMs: nowMs + Math.max(0, ms), wake: resolve })
        setImmediate(wakeFirst)
      }),
  }
}

export function realSleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve()
      return
    }
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1))
    signal?.addEventListener('abort', done)
  })
}
