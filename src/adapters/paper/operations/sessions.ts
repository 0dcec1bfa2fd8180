/** Sessions as reports count them. */
import type { Session } from '../../../calendar/calendar.ts'
import { localDate } from '../../../calendar/zone.ts'
import { refuse } from '../failure.ts'
import type { World } from '../world.ts'

/** The session in progress, else the last one that closed. */
export const latestSession = ({ calendar, now }: World, at: Date = now()): Session =>
  calendar.current(at.getTime()) ?? calendar.previous(at.getTime())

/** Opening of the Nth session back, the one in progress not counted. */
export function sessionsBack({ calendar, now }: World, count: number): readonly Session[] {
  if (count < 1) return refuse('ask for at least one session')
  const nowMs = now().getTime()
  const closed = calendar
    .sessions(calendar.horizon.from, localDate(calendar.zone, nowMs))
    .filter(({ closeMs }) => closeMs <= nowMs)
  return closed.slice(-count)
}
