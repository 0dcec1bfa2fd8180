/** The processes of the trading system on its two sites, as kept. */
import * as z from 'zod'
import { once } from '../../../model/once.ts'
import { moment } from '../../../ports/method.ts'
import { refuse } from '../failure.ts'
import { previousSessionClose } from '../session-time.ts'
import type { Component } from '../store.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'

export const siteIds = ['main', 'dr'] as const
export type SiteId = (typeof siteIds)[number]
export const siteOf = (text: string): SiteId =>
  siteIds.find((known) => known === text) ?? refuse(`there is no site ${text}`)
export const otherSite = (site: SiteId): SiteId => (site === 'main' ? 'dr' : 'main')

const processes = once(() =>
  z.strictObject({
    /** What was done last. */
    did: z.enum(['nothing', 'start', 'shutdown', 'kill']),
    at: moment,
    pid: z.int(),
    fence: z.strictObject({ at: moment, proof: z.string() }).optional(),
    /** Trading state that was carried over to this site. */
    carried: z.strictObject({ at: moment, epoch: z.string() }).optional(),
  }),
)
const systemState = once(() =>
  z.strictObject({
    /** Where the trading system runs, or ran last. */
    active: z.enum(siteIds),
    sites: z.strictObject({ main: processes(), dr: processes() }),
    dns: z.strictObject({ to: z.string(), at: moment }).optional(),
    locksTakenAt: moment.optional(),
  }),
)
export type SystemState = z.infer<ReturnType<typeof systemState>>
type Processes = z.infer<ReturnType<typeof processes>>

export const systemComponent: Component<SystemState> = {
  name: 'system',
  parse: (value) => systemState().safeParse(value).data,
  seed: (now) => {
    const at = new Date(previousSessionClose(now)).toISOString()
    return {
      active: 'main',
      sites: { main: { did: 'start', at, pid: 4711 }, dr: { did: 'nothing', at, pid: 0 } },
    }
  },
}

export type Running = 'starting' | 'running' | 'stopping' | 'stopped'
const startMs = 10_000
const stopMs = 5_000

/** `pending` orders keep a shutdown from coming to its end. */
export function runningOf({ now }: World, { did, at }: Processes, pending: number): Running {
  const sinceMs = now().getTime() - Date.parse(at)
  if (did === 'start') return sinceMs < startMs ? 'starting' : 'running'
  return did === 'shutdown' && (sinceMs < stopMs || pending > 0) ? 'stopping' : 'stopped'
}

/** Whether the trading system is up where it should be. */
export const isUp = (world: World): boolean => {
  const { active, sites } = readComponent(world, systemComponent)
  return sites[active].did === 'start'
}
