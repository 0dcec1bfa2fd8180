/** What is looked back on: service levels of venues and vendors, and how many alerts there were. */
import { intOf } from '../arguments.ts'
import { alertComponent } from '../alerts.ts'
import type { FaultId } from '../faults.ts'
import type { ReadHandler } from '../handler.ts'
import { noiseOf } from '../noise.ts'
import { outboxComponent } from '../outbox.ts'
import { sessionTimeBetween } from '../session-time.ts'
import { readComponent } from '../store.ts'
import { ticketComponent } from '../tickets.ts'
import type { World } from '../world.ts'
import { unmended } from './fault-time.ts'
import { sessionsBack } from './sessions.ts'

/** While one of the faults is on, the service does not answer. A breach is filed with a ticket of that kind. */
const services: readonly {
  readonly name: string
  readonly target: number
  readonly down: readonly FaultId[]
  readonly ticket: 'broker' | 'vendor'
}[] = [
  { name: 'venue-primary', target: 0.999, down: ['venue-silent', 'heartbeat-lost'], ticket: 'broker' },
  { name: 'venue-backup', target: 0.999, down: ['backup-venue-down'], ticket: 'broker' },
  { name: 'data-primary', target: 0.999, down: ['stale-all'], ticket: 'vendor' },
  { name: 'data-backup', target: 0.995, down: ['backup-dead'], ticket: 'vendor' },
]
const breachedService = 'data-primary'
const breachedUptime = 0.9814

function uptimeOf(world: World, { name, down }: (typeof services)[number], fromMs: number): number {
  if (name === breachedService && world.faults.has('sla-breach')) return breachedUptime
  const nowMs = world.now().getTime()
  const all = sessionTimeBetween(world.calendar, fromMs, nowMs)
  const lost = down
    .flatMap((id) => world.faults.get(id) ?? [])
    .reduce((sum, since) => sum + sessionTimeBetween(world.calendar, Math.max(fromMs, since.getTime()), nowMs), 0)
  const usual = 0.0004 * noiseOf(`uptime ${name} ${new Date(fromMs).toISOString()}`)
  return Number(Math.max(0, 1 - usual - lost / all).toFixed(5))
}

/** Five sessions of posts come to about ten. */
const postsPerSession = 2
const noisyAlert = { alert: 'host-disk-trend', count: 9, acted: 0 } as const

export const reviewReads: Readonly<Record<string, ReadHandler>> = {
  'reports.sla': (world, args) => {
    const window = sessionsBack(world, intOf(args, 'sessions'))
    const fromMs = window[0]?.openMs ?? world.now().getTime()
    const { tickets } = readComponent(world, ticketComponent)
    const judged = services.map((service) => {
      const uptime = uptimeOf(world, service, fromMs)
      const met = uptime >= service.target
      const filed =
        !met && tickets.some(({ kind, openedAt }) => kind === service.ticket && Date.parse(openedAt) >= fromMs)
      return { name: service.name, uptime, target: service.target, met, filed }
    })
    const breached = judged.filter(({ met }) => !met)
    const unfiled = breached.filter(({ filed }) => !filed).length
    return { sessions: window.length, breaches: breached.length, unfiled, services: judged }
  },
  'reports.alertNoise': (world, args) => {
    const window = sessionsBack(world, intOf(args, 'sessions'))
    const fromMs = window[0]?.openMs ?? world.now().getTime()
    const sent = readComponent(world, outboxComponent).messages.filter(({ at }) => Date.parse(at) >= fromMs)
    const reviewed = readComponent(world, alertComponent).reviews.findLast(({ name }) => name === noisyAlert.alert)
    const noisy = world.faults.has('alert-noise')
      ? [{ ...noisyAlert, reviewed: unmended(world, 'alert-noise', reviewed?.at) === undefined }]
      : []
    return {
      paged: sent.filter(({ type }) => type === 'page').length,
      posted: sent.filter(({ type }) => type === 'post').length + postsPerSession * window.length,
      unreviewed: noisy.filter((each) => !each.reviewed).length,
      noisy,
    }
  },
}
