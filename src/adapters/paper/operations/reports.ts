/** Reports about sessions and drills: what is read of them, and what is archived. */
import * as z from 'zod'
import { decimalUnits } from '../../../model/decimal.ts'
import { once } from '../../../model/once.ts'
import type { Arguments } from '../arguments.ts'
import { intOf, optionalNumber, optionalText, textOf } from '../arguments.ts'
import { limitsOf } from '../config/limits.ts'
import { readLive } from '../config/release.ts'
import { openRepository } from '../config/repository.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { noiseOf } from '../noise.ts'
import { pnlOf } from '../performance.ts'
import { archive, storageComponent } from '../storage.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import { recentAlerts } from './alert-list.ts'
import { complianceSummary } from './compliance.ts'
import { latestSession } from './sessions.ts'

const lostDollars = -31_400

/** Of the session so far while it is open. The fault's loss stays where it was made. */
export function pnlNow(world: World): number {
  const session = latestSession(world)
  const lost = world.faults.get('pnl-over-limit')
  if (lost !== undefined && latestSession(world, lost).date === session.date) return lostDollars
  const passed = (world.now().getTime() - session.openMs) / (session.closeMs - session.openMs)
  return Math.round(pnlOf(world, session) * Math.min(1, passed))
}

async function dailyLimit(world: World): Promise<string> {
  const limits = limitsOf(readLive((await openRepository(world)).dir), 'live')
  return limits.get('daily-drawdown-floor')?.value ?? refuse('no limit daily-drawdown-floor is in force')
}

const dayMs = 86_400_000
/** Reports that were filed before the paper desk began: kind, days ago, minutes to recovery and their target. */
const earlierDrills = [
  { kind: 'kill-switch', daysAgo: 3, recoveredInMinutes: 0.6, targetMinutes: 1 },
  { kind: 'failover', daysAgo: 12, recoveredInMinutes: 9, targetMinutes: 15 },
  { kind: 'disaster-recovery', daysAgo: 15, recoveredInMinutes: 34, targetMinutes: 60 },
  { kind: 'restore', daysAgo: 12 },
  { kind: 'model-rollback', daysAgo: 40 },
] as const

interface Drill {
  readonly at: Date
  readonly recoveredInMinutes?: number | undefined
  readonly targetMinutes?: number | undefined
}
const drillFile = (kind: string): string => `drill-${kind}-`
const drillText = once(() =>
  z.strictObject({
    text: z.string(),
    recoveredInMinutes: z.number().optional(),
    targetMinutes: z.number().optional(),
  }),
)

/** Newest first. Under `drill-missing` nothing was filed before the fault. */
function drillsOf(world: World, kind: string): readonly Drill[] {
  const nowMs = world.now().getTime()
  const missing = world.faults.get('drill-missing')
  const earlier = earlierDrills
    .filter((each) => each.kind === kind && missing === undefined)
    .map(({ daysAgo, kind: _kind, ...measured }) => ({ at: new Date(nowMs - daysAgo * dayMs), ...measured }))
  const filed = readComponent(world, storageComponent)
    .files.filter(({ name, at }) => name.startsWith(drillFile(kind)) && Date.parse(at) >= (missing?.getTime() ?? 0))
    .map(({ at, text }) => ({ at: new Date(at), ...measuredOf(text) }))
  return [...filed, ...earlier].sort((a, b) => b.at.getTime() - a.at.getTime())
}

/** A report that somebody put there by hand has no figures. */
function measuredOf(text: string): Omit<Drill, 'at'> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return {}
  }
  const { recoveredInMinutes, targetMinutes } = drillText().safeParse(value).data ?? {}
  return { recoveredInMinutes, targetMinutes }
}

const given = <T>(name: string, value: T | undefined): Readonly<Record<string, T>> =>
  value === undefined ? {} : { [name]: value }

export const reportReads: Readonly<Record<string, ReadHandler>> = {
  'reports.pnl': async (world) => {
    const { date, closeMs } = latestSession(world)
    const limit = await dailyLimit(world)
    const pnl = String(pnlNow(world))
    const withinLimit = decimalUnits(pnl) >= decimalUnits(limit)
    return { date, pnl, dailyLimit: limit, withinLimit, final: closeMs <= world.now().getTime() }
  },
  'reports.drill': (world, args) => {
    const nowMs = world.now().getTime()
    const sinceMs = nowMs - intOf(args, 'days') * dayMs
    const drills = drillsOf(world, textOf(args, 'kind')).filter(({ at }) => at.getTime() >= sinceMs)
    const [latest] = drills
    if (latest === undefined) return { found: false, count: 0 }
    return {
      ...{ found: true, count: drills.length, latestAt: latest.at.toISOString() },
      ageDays: Number(((nowMs - latest.at.getTime()) / dayMs).toFixed(2)),
      ...given('recoveredInMinutes', latest.recoveredInMinutes),
      ...given('targetMinutes', latest.targetMinutes),
    }
  },
}

type Extra = Readonly<Record<string, unknown>>
const archiving = (
  nameOf: (world: World, args: Arguments) => string,
  contentOf: (world: World, args: Arguments) => Extra,
  shown: (content: Extra) => Extra = () => ({}),
): EffectHandler =>
  effectOn(storageComponent, (state, world, args) => {
    const content = contentOf(world, args)
    const text = JSON.stringify(content)
    return { ...archive(state, { name: nameOf(world, args), text, at: world.now().toISOString() }), ...shown(content) }
  })

const dated =
  (kind: string) =>
  (world: World): string =>
    `${kind}-${latestSession(world).date}`

function minutesSince(world: World, args: Arguments): number | undefined {
  const startedAt = optionalText(args, 'startedAt')
  if (startedAt === undefined) return undefined
  const minutes = (world.now().getTime() - Date.parse(startedAt)) / 60_000
  return minutes < 0 ? refuse('it began after now') : Number(minutes.toFixed(1))
}

export const reportEffects: Readonly<Record<string, EffectHandler>> = {
  'reports.risk': archiving(dated('risk'), (world) => ({
    ...{ date: latestSession(world).date, pnl: String(pnlNow(world)) },
  })),
  'reports.compliance': archiving(dated('compliance'), complianceSummary),
  'reports.session': archiving(
    dated('session'),
    (world) => {
      const session = latestSession(world)
      const minutes = Math.ceil((world.now().getTime() - session.openMs) / 60_000)
      return {
        ...{ date: session.date, pnl: String(pnlNow(world)) },
        logRecords: 40_000 + Math.floor(noiseOf(`log ${session.date}`) * 9_000),
        alerts: recentAlerts(world, minutes).length,
      }
    },
    ({ pnl, logRecords, alerts }) => ({ pnl, logRecords, alerts }),
  ),
  'reports.fileDrill': archiving(
    (world, args) => `${drillFile(textOf(args, 'kind'))}${world.now().toISOString()}`,
    (world, args) => ({
      text: textOf(args, 'text'),
      ...given('recoveredInMinutes', optionalNumber(args, 'recoveredInMinutes') ?? minutesSince(world, args)),
      ...given('targetMinutes', optionalNumber(args, 'targetMinutes')),
    }),
  ),
}
