/** Alerts, filings and trade reports. On time by themselves, but for what a fault holds back until somebody acts. */
import * as z from 'zod'
import type { Session } from '../../../calendar/calendar.ts'
import { localDate } from '../../../calendar/zone.ts'
import { once } from '../../../model/once.ts'
import { moment } from '../../../ports/method.ts'
import type { Arguments } from '../arguments.ts'
import { optionalText, textOf } from '../arguments.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import type { Component } from '../store.ts'
import { readComponent } from '../store.ts'
import { tradesOn } from '../turnover.ts'
import type { World } from '../world.ts'
import { unmended } from './fault-time.ts'
import { latestSession } from './sessions.ts'

const handled = once(() =>
  z.strictObject({
    id: z.string(),
    reviewedAt: moment.optional(),
    notifiedAt: moment.optional(),
    actions: z.array(z.strictObject({ text: z.string(), at: moment })),
  }),
)
const complianceState = once(() =>
  z.strictObject({
    alerts: z.array(handled()),
    filed: z.array(z.strictObject({ deadline: z.string(), at: moment })),
    reported: z.array(z.strictObject({ date: z.iso.date(), at: moment })),
  }),
)
type ComplianceState = z.infer<ReturnType<typeof complianceState>>
type Handled = z.infer<ReturnType<typeof handled>>

const complianceComponent: Component<ComplianceState> = {
  name: 'compliance',
  parse: (value) => complianceState().safeParse(value).data,
  seed: () => ({ alerts: [], filed: [], reported: [] }),
}

const untouched = (id: string): Handled => ({ id, actions: [] })
const isClosed = ({ reviewedAt, notifiedAt, actions }: Handled): boolean =>
  reviewedAt !== undefined && notifiedAt !== undefined && actions.length > 0

const instructionText = 'keep the orders of that symbol flat for the day, and file the review'

interface Raised {
  readonly id: string
  readonly type: 'market-abuse' | 'best-execution'
  readonly severity: 'low' | 'high'
  readonly text: string
  readonly at: Date
  /** Dealt with before the paper desk began. */
  readonly settled: boolean
}

/** What the compliance agent has raised, newest first: one of the day before, and one by the fault. */
function raised(world: World): readonly Raised[] {
  const { calendar, faults, now } = world
  const idAt = (ms: number): string => `CA-${localDate(calendar.zone, ms)}`
  const since = faults.get('compliance-alert')
  const before = new Date(
    calendar.previous((calendar.current(now().getTime()) ?? calendar.previous(now().getTime())).openMs).closeMs,
  )
  const earlier: Raised = {
    ...{ id: idAt(before.getTime()), type: 'best-execution', severity: 'low', at: before, settled: true },
    text: 'one fill of QQQ was two ticks worse than the best quote',
  }
  if (since === undefined) return [earlier]
  const suspected: Raised = {
    ...{ id: idAt(since.getTime()), type: 'market-abuse', severity: 'high', at: since, settled: false },
    text: 'orders on both sides of NVDA within one second',
  }
  return suspected.id === earlier.id ? [suspected] : [suspected, earlier]
}

function readAlerts(world: World, { alerts }: ComplianceState) {
  return raised(world).map(({ settled, at, ...alert }) => {
    const found = alerts.find(({ id }) => id === alert.id) ?? untouched(alert.id)
    return {
      ...{ ...alert, at: at.toISOString() },
      reviewed: settled || found.reviewedAt !== undefined,
      notified: settled || found.notifiedAt !== undefined,
      actions: found.actions.length + (settled ? 1 : 0),
      open: !settled && !isClosed(found),
    }
  })
}

interface Deadline {
  readonly id: string
  readonly title: string
  readonly dueMs: number
}

/** Made in time by themselves; only the one that a fault forgot can be overdue. */
function deadlinesOf(world: World, { filed }: ComplianceState): readonly Deadline[] {
  const { calendar, now, faults } = world
  const daily = calendar.current(now().getTime()) ?? calendar.next(now().getTime())
  const monthly = lastSessionOfMonth(world, now().getTime())
  const forgotten = faults.get('compliance-overdue')
  const regular = [
    { id: `transactions-${daily.date}`, title: 'Transaction report', dueMs: daily.closeMs },
    { id: `best-execution-${monthly.date.slice(0, 7)}`, title: 'Best-execution report', dueMs: monthly.closeMs },
  ]
  if (forgotten === undefined) return regular
  const session = calendar.previous(forgotten.getTime())
  const id = `large-trader-${session.date}`
  const isFiled = filed.some(({ deadline, at }) => deadline === id && Date.parse(at) >= forgotten.getTime())
  return isFiled ? regular : [{ id, title: 'Large-trader filing', dueMs: session.closeMs }, ...regular]
}

/** Of this month, or of the next one where this month's is over. */
function lastSessionOfMonth({ calendar }: World, ms: number): Session {
  let session = calendar.current(ms) ?? calendar.next(ms)
  for (;;) {
    const after = calendar.next(session.openMs)
    if (after.date.slice(0, 7) !== session.date.slice(0, 7)) return session
    session = after
  }
}

/** Reports follow their trades by this much. */
const reportDelayMs = 60_000
const forgottenTrades = 3

function reportingOf(world: World, { reported }: ComplianceState, date: string | undefined) {
  const session = date === undefined ? latestSession(world) : world.calendar.sessionOn(date)
  if (session === undefined) return refuse(`${String(date)} has no session`)
  const nowMs = world.now().getTime()
  const all = tradesOn(session.date)
  const tradesAt = (ms: number): number =>
    Math.floor(all * Math.min(1, Math.max(0, (ms - session.openMs) / (session.closeMs - session.openMs))))
  const trades = tradesAt(nowMs)
  const pending = trades - tradesAt(nowMs - reportDelayMs)
  const mendedAt = reported.find((each) => each.date === session.date)?.at
  const since = unmended(world, 'trades-unreported', mendedAt)
  const forgotten = since !== undefined && latestSession(world, since).date === session.date ? forgottenTrades : 0
  const missing = Math.min(forgotten, trades - pending)
  return { date: session.date, trades, reported: trades - pending - missing, pending, missing }
}

const stateOf = (world: World): ComplianceState => readComponent(world, complianceComponent)
const overdueOf = (world: World): number =>
  deadlinesOf(world, stateOf(world)).filter(({ dueMs }) => dueMs < world.now().getTime()).length

export function complianceSummary(world: World): Readonly<Record<string, unknown>> {
  const { date, missing } = reportingOf(world, stateOf(world), undefined)
  const openAlerts = readAlerts(world, stateOf(world)).filter(({ open }) => open).length
  const overdue = overdueOf(world)
  return { date, openAlerts, overdue, missing, clean: openAlerts + overdue + missing === 0 }
}

export const complianceReads: Readonly<Record<string, ReadHandler>> = {
  'compliance.alerts': (world) => {
    const alerts = readAlerts(world, stateOf(world))
    return { open: alerts.filter(({ open }) => open).length, alerts }
  },
  'compliance.deadlines': (world) => ({
    overdue: overdueOf(world),
    next: deadlinesOf(world, stateOf(world)).map(({ id, title, dueMs }) => ({
      ...{ id, title, dueAt: new Date(dueMs).toISOString() },
      overdue: dueMs < world.now().getTime(),
    })),
  }),
  'compliance.reporting': (world, args) => reportingOf(world, stateOf(world), optionalText(args, 'date')),
  'compliance.summary': complianceSummary,
  'compliance.instructions': (world, args) => {
    const { notifiedAt } = alertOf(stateOf(world), world, args)
    return notifiedAt === undefined ? { given: false } : { given: true, at: notifiedAt, text: instructionText }
  },
}

/** What is kept of an alert that was raised. */
function alertOf({ alerts }: ComplianceState, world: World, args: Arguments): Handled {
  const id = textOf(args, 'alert')
  if (!raised(world).some((each) => each.id === id)) return refuse(`there is no compliance alert ${id}`)
  return alerts.find((each) => each.id === id) ?? untouched(id)
}

const handling = (change: (alert: Handled, at: string, args: Arguments) => Readonly<Record<string, unknown>>) =>
  effectOn(complianceComponent, (state, world, args) => {
    const alert = alertOf(state, world, args)
    const value = change(alert, world.now().toISOString(), args)
    state.alerts = [...state.alerts.filter(({ id }) => id !== alert.id), alert]
    return { alert: alert.id, ...value }
  })

export const complianceEffects: Readonly<Record<string, EffectHandler>> = {
  'compliance.review': handling((alert, at) => {
    alert.reviewedAt ??= at
    return { reviewed: true }
  }),
  'compliance.notify': handling((alert, at) => {
    alert.notifiedAt ??= at
    return { notified: true }
  }),
  'compliance.logAction': handling((alert, at, args) => {
    const text = textOf(args, 'action').trim()
    if (text === '') refuse('the action is not said')
    alert.actions.push({ text, at })
    return { actions: alert.actions.length }
  }),
  'compliance.report': effectOn(complianceComponent, (state, world, args) => {
    const { date, missing } = reportingOf(world, state, optionalText(args, 'date'))
    state.reported = [...state.reported.filter((each) => each.date !== date), { date, at: world.now().toISOString() }]
    return { reported: missing }
  }),
  'compliance.file': effectOn(complianceComponent, (state, world, args) => {
    const deadline = textOf(args, 'deadline')
    if (!deadlinesOf(world, state).some(({ id }) => id === deadline)) refuse(`there is no filing ${deadline}`)
    const filedAt = world.now().toISOString()
    state.filed.push({ deadline, at: filedAt })
    return { deadline, filedAt }
  }),
}
