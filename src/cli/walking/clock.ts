/** Time for the walker: the desk's clock and calendar. */
import type { Deps } from '../command.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { dueAfterSessions, nextClose, nextOpen } from '../../calendar/due.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Clock, Deadline } from '../../walk/ports.ts'

export function clockFor(calendarId: string, deps: Pick<Deps, 'now' | 'sleep'>): Clock {
  const calendar = calendarOf(calendarId)
  if (calendar === undefined)
    throw new DeskError(
      'unknown-calendar',
      exitCodes.invalidConfiguration,
      `there is no calendar "${calendarId}"`,
      'desk config validate',
    )
  return {
    now: deps.now,
    sleep: deps.sleep,
    deadline: realDeadline,
    dueMs: ({ unit, n }, fromMs) => (unit === 'ms' ? fromMs + n : dueAfterSessions(calendar, fromMs, n)),
    nextMs: (at, fromMs) => (at === 'open' ? nextOpen(calendar, fromMs) : nextClose(calendar, fromMs)),
  }
}

/** Runs on real time also under DESK_NOW: a call that hangs must end. */
export function realDeadline(ms: number): Deadline {
  const over = new AbortController()
  let end: () => void = () => undefined
  const expired = new Promise<void>((resolve) => {
    end = resolve
  })
  const timer = setTimeout(() => {
    over.abort()
    end()
  }, ms)
  return {
    expired,
    signal: over.signal,
    cancel: () => {
      clearTimeout(timer)
    },
  }
}
