/**
 * A signal that was sent to this process need not have reached our code when a later event has: the system may hand it to another of
 * Node's threads, which on a busy machine is stopped between taking it and telling of it while the main thread goes on for a whole time
 * slice. What threads are at stands in proc_pid_status(5) and proc_pid_stat(5).
 */
import { openSync, readSync, readdirSync } from 'node:fs'
import { pid } from 'node:process'

const pauseMs = 1
const mostPauses = 100
/** SIGHUP, SIGINT and SIGTERM: a bit each, the lowest for signal 1. */
const endingSignals = 0x4003

/** Grows to what has to be read: a user's groups, up to 65,536 of them, stand before what is pending. */
let page = Buffer.alloc(4096)
const largestPage = 1_048_576
const still = new Int32Array(new SharedArrayBuffer(4))
/** By thread; undefined: it never takes these signals. The main thread, which asks, is in no handler. */
const stats = new Map<string, number | undefined>([[String(pid), undefined]])
const status = opened('/proc/self/status')
noticeThreads((stat) => blockedNow(stat) === 0)

/**
 * Waits until the event loop's next look tells every HUP, INT and TERM that was sent before this call. Bounded, and at once where nobody
 * can say.
 */
export function letSignalsArrive(): void {
  if (status === undefined) return
  for (let pauses = 0; pauses < mostPauses && isUnderWay(status); pauses += 1) Atomics.wait(still, 0, 0, pauseMs)
}

function isUnderWay(statusFile: number): boolean {
  const now = textOf(statusFile)
  const pending = /^ShdPnd:\t[0-9a-f]*([0-9a-f]{8})$/m.exec(now)?.[1] ?? '0'
  if ((Number.parseInt(pending, 16) & endingSignals) !== 0) return true
  // Those that come later, with the first asynchronous reading of a file, take every signal.
  if (Number(/^Threads:\t(\d+)$/m.exec(now)?.[1]) !== stats.size) noticeThreads(() => true)
  // Whoever runs a handler blocks every signal until it has told.
  for (const stat of stats.values()) if (stat !== undefined && blockedNow(stat) !== 0) return true
  return false
}

function noticeThreads(takesSignals: (stat: number) => boolean): void {
  try {
    for (const id of readdirSync('/proc/self/task')) {
      if (stats.has(id)) continue
      const stat = opened(`/proc/self/task/${id}/stat`)
      if (stat !== undefined) stats.set(id, takesSignals(stat) ? stat : undefined)
    }
  } catch {
    // No /proc: nobody can say.
  }
}

/** The 32nd field; the second, the program's name in brackets, may hold anything. */
function blockedNow(stat: number): number {
  const text = textOf(stat)
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ', 30)[29]) & endingSignals
}

function opened(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch {
    return undefined
  }
}

/** Empty where there is nothing to read any more: of a thread that has ended. */
function textOf(file: number): string {
  try {
    let length = readSync(file, page, 0, page.length, 0)
    while (length === page.length && length < largestPage) {
      page = Buffer.alloc(2 * length)
      length = readSync(file, page, 0, page.length, 0)
    }
    return page.toString('latin1', 0, length)
  } catch {
    return ''
  }
}
