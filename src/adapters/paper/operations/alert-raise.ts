/** Alerts that monitors raise: by level to whom and how, and what keeps them from becoming noise. */
import { calendarOf } from '../../../calendar/calendars.ts'
import { alertComponent } from '../alerts.ts'
import type { Arguments } from '../arguments.ts'
import { optionalText, textOf, textsOf } from '../arguments.ts'
import type { EffectHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { outboxComponent } from '../outbox.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'

const levels = ['low', 'medium', 'high', 'critical'] as const
type Level = (typeof levels)[number]

/** Same name: one in five minutes. */
const aggregateMs = 5 * 60_000
const respondWithinMinutes: Readonly<Record<Level, number>> = { low: 240, medium: 60, high: 5, critical: 0 }
const summary = 'daily-summary'

export const alertRaiseEffects: Readonly<Record<string, EffectHandler>> = {
  'alerts.raise': effectOn(outboxComponent, (state, world, args) => {
    const name = textOf(args, 'name')
    const asked = levels.find((known) => known === textOf(args, 'level')) ?? 'critical'
    const level = asked === 'critical' || inSession(world) ? asked : 'low'
    const told = { level, respondWithinMinutes: respondWithinMinutes[level] }
    const nowMs = world.now().getTime()
    const silence = silenceOf(world, name, asked)
    const reason =
      silence !== undefined
        ? `it is silenced until ${silence.until}${silence.by === undefined ? '' : ` by ${silence.by}`}: ${silence.reason}`
        : state.messages.some((each) => each.alert === name && nowMs - Date.parse(each.at) < aggregateMs)
          ? 'it was sent within the last five minutes'
          : undefined
    if (reason !== undefined) return { sent: false, ...told, reason }
    const wakes = level === 'high' || level === 'critical'
    const at = world.now().toISOString()
    for (const to of level === 'low' ? [summary] : textsOf(args, 'to')) {
      const id = `message-${String(state.messages.length + 1)}`
      state.messages.push({ id, type: wakes ? 'page' : 'post', to, text: textFor(level, args, at), at, alert: name })
    }
    return { sent: true, ...told }
  }),
}

const inSession = ({ now }: World): boolean => calendarOf('XNYS')?.current(now().getTime()) !== undefined

/** A critical alert is never silenced. */
const silenceOf = (world: World, name: string, level: Level) =>
  level === 'critical'
    ? undefined
    : readComponent(world, alertComponent).named.find(
        (each) => each.name === name && Date.parse(each.until) > world.now().getTime(),
      )

/** What is wrong, what has been done, what is left to do. */
function textFor(level: Level, args: Arguments, at: string): string {
  const did = textsOf(args, 'did')
  return [
    `[${level.toUpperCase()}] ${textOf(args, 'title')}`,
    `Time: ${at}`,
    `Event: ${textOf(args, 'name')}`,
    ...(optionalText(args, 'details') === undefined ? [] : [`Details: ${optionalText(args, 'details') ?? ''}`]),
    `Done: ${did.length === 0 ? 'nothing yet' : did.join(', ')}`,
    `You: ${textOf(args, 'action')}`,
  ].join('\n')
}
