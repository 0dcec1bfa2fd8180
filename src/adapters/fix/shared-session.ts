/**
 * One session, used by many. A venue takes one connection per session, so calls of this process share it, other processes wait for
 * their turn, and it is closed as soon as nobody here needs it: a halt from another terminal must never find it taken for long.
 */
import { DeskError } from '../../model/failure.ts'
import { acquire, type HeldBy, type Lock } from '../../lock/lock.ts'
import { type End, Session, type SessionMeans, type SessionSettings } from './session.ts'
import type { SessionLog } from './session-log.ts'

export interface SharedOptions {
  readonly settings: SessionSettings
  readonly means: SessionMeans
  readonly log: SessionLog
  /** Directory of the lock between processes. */
  readonly lockDir: string
  /** For the turn, and again for the logon. */
  readonly timeoutMs: number
}
export type Used<T> = { readonly kind: 'used'; readonly value: T } | ({ readonly kind: 'closed' } & End)
type Opened = { readonly kind: 'open'; readonly session: Session } | ({ readonly kind: 'closed' } & End)

const lookAgainMs = 10

export class SharedSession {
  readonly #options: SharedOptions
  #users = 0
  #current: Promise<Opened> | undefined
  #closing: Promise<void> = Promise.resolve()
  #lock: Lock | undefined

  constructor(options: SharedOptions) {
    this.#options = options
  }

  /** Runs with a session that is open, or answers why there is none. Never rejects for a broken world. */
  async use<T>(run: (session: Session) => Promise<T>): Promise<Used<T>> {
    this.#users++
    try {
      const opened = await this.#opened()
      return opened.kind === 'open' ? { kind: 'used', value: await run(opened.session) } : opened
    } finally {
      if (--this.#users === 0) await this.#close()
    }
  }

  async #opened(): Promise<Opened> {
    await this.#closing
    const before = this.#current
    const current = await before
    // A session that broke is of no use to whoever comes next; whoever still works with it finds out by himself.
    const isBroken = current?.kind === 'closed' || current?.session.ended !== undefined
    if (isBroken && this.#current === before) this.#current = this.#openAfter(current)
    return (this.#current ??= this.#open())
  }

  async #openAfter(broken: Opened): Promise<Opened> {
    if (broken.kind === 'open') await broken.session.close()
    return this.#open()
  }

  async #open(): Promise<Opened> {
    const { settings, means, log } = this.#options
    const held = this.#lock === undefined ? await this.#takeTurn() : undefined
    if (held !== undefined) {
      const reason = `process ${String(held.pid)} uses the session`
      return { kind: 'closed', reason, unreachable: true }
    }
    const unreadable = log.refresh()
    if (unreadable !== undefined) return { kind: 'closed', reason: unreadable, unreachable: false }
    // Cancels leave although it cannot be written; orders ask once more.
    log.open()
    const session = new Session(settings, log, means)
    const end = await this.#inTime((signal) => session.establish(signal))
    if (end === undefined) return { kind: 'open', session }
    await session.close()
    return { kind: 'closed', ...end }
  }

  /** Undefined: it is our turn, or there is no way to take turns, which holds up no cancel. The venue lets only one in, too. */
  async #takeTurn(): Promise<HeldBy | undefined> {
    const { lockDir, means, timeoutMs } = this.#options
    const until = performance.now() + timeoutMs
    for (;;) {
      const taken = tryLock(lockDir, means.now)
      if (taken === undefined) return undefined
      if (taken.kind === 'lock') {
        this.#lock = taken
        return undefined
      }
      if (performance.now() >= until) return taken
      await new Promise<void>((resolve) => means.startTimer(lookAgainMs, resolve))
    }
  }

  async #inTime<T>(wait: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { means, timeoutMs } = this.#options
    const late = new AbortController()
    const cancel = means.startTimer(timeoutMs, () => {
      late.abort()
    })
    try {
      return await wait(late.signal)
    } finally {
      cancel()
    }
  }

  async #close(): Promise<void> {
    const current = this.#current
    this.#current = undefined
    this.#closing = this.#leave(current)
    await this.#closing
  }

  async #leave(current: Promise<Opened> | undefined): Promise<void> {
    const opened = await current
    if (opened?.kind === 'open') await opened.session.close()
    this.#options.log.close()
    this.#lock?.release()
    this.#lock = undefined
  }
}

function tryLock(dir: string, now: () => Date): Lock | HeldBy | undefined {
  try {
    return acquire(dir, 0, { who: 'desk', purpose: 'FIX session' }, { now })
  } catch (error) {
    if (error instanceof DeskError) return undefined
    throw error
  }
}
