/** `desk calendar [--from D --to D]`: the sessions of a span of days, by default of the fortnight from today. */
import { xnys } from '../../calendar/calendars.ts'
import type { Calendar, Session } from '../../calendar/calendar.ts'
import { addDays, isDate, weekdayOf } from '../../calendar/dates.ts'
import { formatMoment, localDate } from '../../calendar/zone.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { ExitCode } from '../../model/failure.ts'
import type { Command, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'

export interface CalendarOptions {
  /** Both included, in the calendar's own zone. */
  readonly from?: string
  readonly to?: string
}

const spanDays = 14

export const run: Command<CalendarOptions> = (options, context) =>
  // What is thrown rejects the promise, so that callers see one kind of failure.
  new Promise((resolve) => {
    resolve(showCalendar(xnys, options, context))
  })

/** The sessions of one calendar, as JSON or as lines for people. */
export function showCalendar(calendar: Calendar, options: CalendarOptions, { io, deps, globals }: Context): ExitCode {
  const { from, to } = spanOf(options, calendar, deps.now())
  const sessions = calendar.sessions(from, to)
  if (globals.json)
    printJson(io, 'calendar', {
      schema: 1,
      calendar: calendar.id,
      sessions: sessions.map((session) => toJson(session, calendar)),
    })
  else io.out(`${render(calendar, from, to, sessions)}\n`)
  return exitCodes.ok
}

function spanOf(options: CalendarOptions, calendar: Calendar, now: Date): { from: string; to: string } {
  const { horizon } = calendar
  const given = (flag: string, date: string | undefined): string | undefined => {
    if (date === undefined) return undefined
    if (!isDate(date))
      throw new DeskError(
        'bad-date',
        exitCodes.usage,
        `--${flag} ${JSON.stringify(date)} is not a date`,
        'write it as 2026-11-27',
      )
    if (date < horizon.from || date > horizon.to) {
      throw new DeskError(
        'beyond-horizon',
        exitCodes.usage,
        `--${flag} ${date} lies outside the calendar`,
        `${calendar.id} knows ${horizon.from} to ${horizon.to}`,
      )
    }
    return date
  }
  const first = given('from', options.from)
  const last = given('to', options.to)
  const from = first ?? localDate(calendar.zone, now.getTime())
  const fortnight = addDays(from, spanDays - 1)
  // Only a default is cut at the horizon; a date that somebody asked for is answered or refused.
  const to = last ?? (fortnight > horizon.to && from <= horizon.to ? horizon.to : fortnight)
  if (to < from) {
    throw new DeskError('bad-span', exitCodes.usage, `${to} is before ${from}`, 'give --from as well, not after --to')
  }
  return { from, to }
}

const toJson = (
  { date, openMs, closeMs, earlyClose }: Session,
  { zone }: Calendar,
): Output<'calendar'>['sessions'][number] => ({
  date,
  open: formatMoment(openMs, zone),
  close: formatMoment(closeMs, zone),
  earlyClose,
})

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** A line per session and per day closed by exception; plain weekends are left out. */
function render(calendar: Calendar, from: string, to: string, sessions: readonly Session[]): string {
  const byDate = new Map(sessions.map((session) => [session.date, session]))
  const lines = [`${calendar.id}, times in ${calendar.zone.name}`]
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const session = byDate.get(date)
    const exception = calendar.exceptionOn(date)
    if (session === undefined && exception === undefined) continue
    const hours =
      session === undefined ? 'closed' : `${clock(session.openMs, calendar)}-${clock(session.closeMs, calendar)}`
    const why = exception === undefined ? '' : session === undefined ? exception.name : `early close: ${exception.name}`
    lines.push(`${date} ${weekdays[weekdayOf(date)] ?? ''}  ${hours.padEnd(11)}  ${why}`.trimEnd())
  }
  if (lines.length === 1) lines.push(`no session from ${from} to ${to}`)
  return lines.join('\n')
}

const clock = (ms: number, { zone }: Calendar): string => formatMoment(ms, zone).slice(11, 16)
