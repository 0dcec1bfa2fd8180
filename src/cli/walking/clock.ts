/** Time for the walker: the desk's clock and calendar. */
import type { Deps } from '../command.ts'
import { gateWindow } from './gate-window.ts'
import { BeyondHorizon, type Calendar } from '../../calendar/calendar.ts'
import { calendarOf } from '../../calendar/calendars.ts'
import { dueAfterSessions, nextClose, nextOpen } from '../../calendar/due.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Clock, Deadline } from '../../walk/ports.ts'

/** Throws DeskError `unknown-calendar`. */
export function deskCalendar(id: string): Calendar {
  const calendar = calendarOf(id)
  if (calendar !== undefined) return calendar
  const message = `there is no calendar "${id}"`
  throw new DeskError('unknown-calendar', exitCodes.invalidConfiguration, message, 'desk config validate')
}

export function clockFor(calendarId: string, deps: Pick<Deps, 'now' | 'sleep'>): Clock {
  const calendar = deskCalendar(calendarId)
  return {
    now: deps.now,
    sleep: deps.sleep,
    deadline: realDeadline,
    dueMs: ({ unit, n }, fromMs) => (unit === 'ms' ? fromMs + n : dueAfterSessions(calendar, fromMs, n)),
    windowEndMs: (graph, gate, atMs) => gateWindow(graph, gate, atMs).toMs,
    closedSession: (atMs, own = calendarId) => closedSessionAt(deskCalendar(own), atMs),
    nextMs: (at, fromMs) => (at === 'open' ? nextOpen(calendar, fromMs) : nextClose(calendar, fromMs)),
  }
}

function closedSessionAt(calendar: Calendar, atMs: number): string {
  try {
    return calendar.previous(atMs).date
  } catch (error) {
    if (error instanceof BeyondHorizon) return ''
    throw error
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
