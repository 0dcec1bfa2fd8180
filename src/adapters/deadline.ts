/** An end to waiting for somebody who may never answer. Real time, also where the desk's clock stands still. */

/** Calls `fire` once after so many milliseconds, unless the answer is called before. */
export type StartTimer = (ms: number, fire: () => void) => () => void

export const realTimer: StartTimer = (ms, fire) => {
  // Keeps the process alive: a promise that never settles must not end it.
  const timer = setTimeout(fire, ms)
  return () => {
    clearTimeout(timer)
  }
}

export type Answered<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'late' }
  /** The caller no longer wants to know. */
  | { readonly kind: 'interrupted' }

export interface Patience {
  readonly timeoutMs: number
  readonly startTimer: StartTimer
  /** The caller's. */
  readonly signal: AbortSignal
  /** True for effects: what has begun is waited for although the caller's signal aborts. */
  readonly seesThrough: boolean
}

/** Never rejects. `start` gets a signal that aborts with the deadline or the caller's signal; what it answers afterwards is dropped. */
export function withDeadline<T>(patience: Patience, start: (signal: AbortSignal) => Promise<T>): Promise<Answered<T>> {
  const { timeoutMs, startTimer, signal, seesThrough } = patience
  const late = new AbortController()
  return new Promise((resolve) => {
    const end = (answer: Answered<T>): void => {
      cancel()
      signal.removeEventListener('abort', interrupt)
      resolve(answer)
    }
    const interrupt = (): void => {
      end({ kind: 'interrupted' })
    }
    const cancel = startTimer(timeoutMs, () => {
      end({ kind: 'late' })
      late.abort(new Error('the time is up'))
    })
    if (!seesThrough) {
      if (signal.aborted) {
        interrupt()
        return
      }
      signal.addEventListener('abort', interrupt)
    }
    Promise.resolve()
      .then(() => start(seesThrough ? late.signal : AbortSignal.any([late.signal, signal])))
      .then(
        (value) => {
          end({ kind: 'answered', value })
        },
        (error: unknown) => {
          end({ kind: 'threw', error })
        },
      )
  })
}
