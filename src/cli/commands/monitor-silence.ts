/**
 * `desk monitor silence add|list|expire`: known maintenance keeps an alert from being sent, for a day at most. What wakes for a P0 is never
 * silenced, and what a monitor or a class of incidents does by itself happens all the same.
 */
import * as z from 'zod'
import type { Command, Context } from '../command.ts'
import { entriesOf, loadLibrary, refuseBroken } from '../library.ts'
import { putOnRecord } from '../noted.ts'
import { sessionOf } from '../on-duty.ts'
import { printJson } from '../output/print.ts'
import { cut } from '../render/layout.ts'
import { moment } from '../render/moment.ts'
import { openSession, type Session } from '../walking/session.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { textRedactor } from '../../audit/redact.ts'
import { parseDuration } from '../../calendar/duration.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { suggestion } from '../../source/suggest.ts'
import { visible } from '../../source/visible.ts'

const timeoutMs = 10_000
const longestReason = 500
const dayMs = 86_400_000
const minuteMs = 60_000
const silence = z.object({ name: z.string(), until: z.string(), reason: z.string(), by: z.string().optional() })
type Silence = z.infer<typeof silence>
const silencesShape = z.looseObject({ silences: z.array(silence) })
const alertsShape = z.looseObject({ alerts: z.array(z.looseObject({ name: z.string(), level: z.string() })) })

export interface AddOptions {
  readonly name: string
  readonly reason?: string
  readonly until?: string
  readonly for?: string
  readonly sign?: string
}

export const add: Command<AddOptions> = async (options, context) => {
  const { name } = options
  const desk = whichDesk(context)
  const reason = textRedactor(desk.config.secrets)((options.reason ?? '').trim())
  if (reason === '') throw usage('no-reason', 'a silence says why', '--reason "what is being done to it"')
  if (reason.length > longestReason)
    throw usage('no-reason', `a reason has at most ${String(longestReason)} characters`, '--reason "planned backfill"')
  const minutes = minutesOf(options, context.deps.now().getTime())
  const about = { name, reason, for: `${String(minutes)}m` }
  const session = await sessionOf(desk, context, { act: 'silence', about, sign: options.sign })
  await refuseCritical(name, desk, session, context)
  const by = session.person.id
  const until = new Date(context.deps.now().getTime() + minutes * minuteMs).toISOString()
  const noted = {
    event: 'monitor.silenced',
    data: { name, reason, until, by: session.person },
    title: `${name} silenced`,
  }
  const record = await putOnRecord(session, context, noted, (key) =>
    change(session, 'silence', { name, minutes, reason, by }, key),
  )
  const { io, globals } = context
  if (globals.json) printJson(io, 'monitor-silence', { schema: 1, silence: { name, until, reason, by }, record })
  else
    io.out(
      `${visible(name)} is silenced until ${moment(until)} by ${by}\n  what it does by itself happens all the same\n  next: desk monitor silence expire ${visible(name)}\n`,
    )
  return exitCodes.ok
}

export const list: Command<object> = async (_, context) => {
  const silences = await silencesOf(openSession(context))
  const { io, globals } = context
  if (globals.json) {
    printJson(io, 'monitor-silences', { schema: 1, silences })
    return exitCodes.ok
  }
  if (silences.length === 0) io.out('nothing is silenced\n')
  for (const { name, until, reason, by } of silences) {
    io.out(`${visible(name)}  until ${moment(visible(until))}${by === undefined ? '' : `, by ${visible(by)}`}\n`)
    io.out(`${cut(`  ${visible(reason)}`, io.columns)}\n`)
  }
  return exitCodes.ok
}

export interface ExpireOptions {
  readonly name: string
  readonly sign?: string
}

export const expire: Command<ExpireOptions> = async ({ name, sign }, context) => {
  const session = await sessionOf(whichDesk(context), context, { act: 'expire', about: { name }, sign })
  const names = (await silencesOf(session)).map((each) => each.name)
  if (!names.includes(name))
    throw usage(
      'unknown-id',
      `"${visible(name)}" is not silenced`,
      suggestion(name, names) ?? 'desk monitor silence list',
    )
  const by = session.person.id
  const noted = {
    event: 'monitor.silence-expired',
    data: { name, by: session.person },
    title: `the silence of ${name} ended`,
  }
  const record = await putOnRecord(session, context, noted, (key) => change(session, 'expire', { name }, key))
  const { io, globals } = context
  if (globals.json) printJson(io, 'monitor-silence-expired', { schema: 1, expired: { name, by }, record })
  else io.out(`${visible(name)} is heard again; its silence was ended by ${by}\n`)
  return exitCodes.ok
}

const usage = (code: 'no-reason' | 'bad-until' | 'unknown-id', message: string, hint: string): DeskError =>
  new DeskError(code, exitCodes.usage, message, hint)

/** Whole minutes from now, never more than was asked for. */
function minutesOf({ until, for: lasts }: AddOptions, nowMs: number): number {
  const hint = '--for 2h, or --until 2026-11-20T12:00:00-05:00; a day at most'
  if ((until === undefined) === (lasts === undefined))
    throw usage('bad-until', 'a silence ends: say when, in one way', hint)
  const length = lasts === undefined ? undefined : parseDuration(lasts)
  const isMoment = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/.test(until ?? '')
  const ms = length?.unit === 'ms' ? length.n : isMoment ? Date.parse(until ?? '') - nowMs : Number.NaN
  if (Number.isNaN(ms)) throw usage('bad-until', `${visible(lasts ?? until ?? '')} is neither`, hint)
  if (ms > dayMs)
    throw new DeskError('not-silenced', exitCodes.refused, 'nothing is silenced for more than a day', hint)
  if (ms < minuteMs) throw usage('bad-until', 'that is over within a minute', hint)
  return Math.floor(ms / minuteMs)
}

/** What is silenced is known: a monitor, or an alert of the last day. One that may wake for a P0 never is. */
async function refuseCritical(name: string, desk: WhichDesk, session: Session, context: Context): Promise<void> {
  const library = await loadLibrary(desk, context)
  const never = (what: string): DeskError =>
    new DeskError('not-silenced', exitCodes.refused, what, 'mend what it tells of; a hold is lifted by its own pass')
  if (entriesOf(library, 'incident').some(({ id }) => id === name))
    throw never(`${name} is a class of incidents: what it does at once is never silenced`)
  // A set that does not compile may hold a critical monitor of that name, and nobody could tell.
  refuseBroken(library, ['monitors'])
  const graphs = entriesOf(library, 'monitors').flatMap(({ graph }) => library.graphs.get(graph) ?? [])
  const monitors = graphs.flatMap((graph) => graph.monitors ?? [])
  const levels = monitors.filter(({ node }) => node === name).map(({ level }) => level)
  if (levels.includes('critical')) throw never(`${name} is critical: it is never silenced`)
  if (levels.length > 0) return
  const args = { lookbackMinutes: 24 * 60 }
  const { alerts } = alertsShape.parse(await read(session, 'list', args))
  const known = alerts.filter((alert) => alert.name === name)
  if (known.some(({ level }) => level === 'critical')) throw never(`${name} is critical: it is never silenced`)
  if (known.length > 0) return
  const names = [...monitors.map(({ node }) => node), ...alerts.map((alert) => alert.name)]
  throw usage(
    'unknown-id',
    `no monitor and no alert of the last day is called "${visible(name)}"`,
    suggestion(name, names) ?? 'desk monitor list',
  )
}

const silencesOf = async (session: Session): Promise<readonly Silence[]> =>
  silencesShape.parse(await read(session, 'silences', {})).silences

/** Throws DeskError 69: what cannot be read is never "none". */
async function read(
  { adapter }: Session,
  method: 'list' | 'silences',
  args: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const reading = await adapter.read({
    ...{ port: 'alerts', method, args, timeoutMs },
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (reading.kind !== 'failure') return reading.value
  const message = `the alerts cannot be read: ${reading.reason}`
  throw new DeskError('no-alerts', exitCodes.unreachable, message, 'try again')
}

/** `key`: the same change has the same one, so that it takes place once. */
async function change(
  { adapter }: Session,
  method: 'silence' | 'expire',
  args: Readonly<Record<string, unknown>>,
  key: string,
): Promise<void> {
  const answer = await adapter.act({
    ...{ port: 'alerts', method, args, timeoutMs, key },
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (answer.kind === 'done') return
  const hint = 'desk monitor silence list'
  if (answer.kind === 'failed')
    throw new DeskError('alerts-unchanged', exitCodes.failed, `nothing was changed: ${answer.reason}`, hint)
  throw new DeskError('alerts-unknown', exitCodes.undetermined, `it may have failed: ${answer.reason}`, hint)
}
