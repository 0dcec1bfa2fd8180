/** The trading system as processes: starting, stopping, and the locks that the dead leave behind. */
import { parse } from 'yaml'
import * as z from 'zod'
import { once } from '../../../model/once.ts'
import { messageOf, PaperFailure, refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { readComponent } from '../store.ts'
import { intervalMs } from '../bars.ts'
import type { Files } from '../config/files.ts'
import { strategyFile } from '../config/files.ts'
import { limitsOf } from '../config/limits.ts'
import { readLive } from '../config/release.ts'
import { openRepository } from '../config/repository.ts'
import type { World } from '../world.ts'
import { readComponents } from './components.ts'
import { unmended } from './fault-time.ts'
import { pendingOrders, withdrawOrders } from './pending.ts'
import type { SystemState } from './system-state.ts'
import { runningOf, systemComponent } from './system-state.ts'

interface Lock {
  readonly name: string
  readonly holder: string
  readonly alive: boolean
}

/** What a process that was killed held stays locked until somebody takes it over. */
function locksOf(world: World, { active, sites, locksTakenAt }: SystemState): readonly Lock[] {
  const { did, at, pid } = sites[active]
  const own = { name: 'trading-system', holder: `process ${String(pid)} on ${active}` }
  const taken = locksTakenAt !== undefined && locksTakenAt >= at
  const killedAt = did === 'kill' ? at : undefined
  return [
    ...(did === 'start' ? [{ ...own, alive: true }] : did === 'kill' && !taken ? [{ ...own, alive: false }] : []),
    ...(unmended(world, 'stale-lock', locksTakenAt) === undefined
      ? []
      : [{ name: 'order-router', holder: `process 2210 on ${active}`, alive: false }]),
    ...(unmended(world, 'live-lock', killedAt) === undefined
      ? []
      : [{ name: 'order-router', holder: `process 3307 on ${active}`, alive: true }]),
  ]
}

const isStale = ({ alive }: Lock): boolean => !alive

const strategy = once(() => z.looseObject({ bar_interval_seconds: z.int().min(1).optional() }))

function problemsOf(files: Files): readonly string[] {
  const problems: string[] = []
  const attempt = (run: () => void): void => {
    try {
      run()
    } catch (error) {
      if (!(error instanceof PaperFailure)) throw error
      problems.push(error.message)
    }
  }
  attempt(() => {
    limitsOf(files, 'live')
  })
  attempt(() => {
    const interval = strategyOf(files).bar_interval_seconds
    if (interval !== undefined && interval * 1000 !== intervalMs)
      refuse(
        `${strategyFile}: bar_interval_seconds is ${String(interval)}, the vendors send bars of ${String(intervalMs / 1000)}`,
      )
  })
  return problems
}

function strategyOf(files: Files): z.infer<ReturnType<typeof strategy>> {
  const text = files.get(strategyFile) ?? refuse(`${strategyFile} is missing`)
  try {
    return strategy().parse(parse(text))
  } catch (error) {
    return refuse(`${strategyFile}: ${messageOf(error)}`)
  }
}

export const systemReads: Readonly<Record<string, ReadHandler>> = {
  'system.state': (world) => {
    const { active, sites } = readComponent(world, systemComponent)
    const { did, pid } = sites[active]
    const state = runningOf(world, sites[active], pendingOrders(world))
    return { state, ...(state === 'stopped' ? {} : { pid }), clean: did !== 'kill' }
  },
  'system.ready': (world) => {
    const { active } = readComponent(world, systemComponent)
    const components = readComponents(world, active)
    return { ready: components.every(({ status }) => status === 'ok'), components }
  },
  'system.locks': (world) => {
    const locks = locksOf(world, readComponent(world, systemComponent))
    return { stale: locks.filter(isStale).length, locks }
  },
  'system.validateConfig': async (world) => {
    const errors = problemsOf(readLive((await openRepository(world)).dir))
    return { valid: errors.length === 0, errors }
  },
}

const shutdown = effectOn(systemComponent, (state, world) => {
  const site = state.sites[state.active]
  if (site.did === 'start') Object.assign(site, { did: 'shutdown', at: world.now().toISOString() })
  return { state: runningOf(world, site, pendingOrders(world)) }
})

export const systemEffects: Readonly<Record<string, EffectHandler>> = {
  'system.start': effectOn(systemComponent, (state, world) => {
    const site = state.sites[state.active]
    if (site.fence !== undefined) refuse(`${state.active} is fenced off`)
    if (site.did === 'start') return { state: runningOf(world, site, 0) }
    const held = locksOf(world, state)[0]
    if (held !== undefined)
      refuse(`${held.name} is locked by ${held.holder}, which is ${held.alive ? 'alive' : 'dead'}`)
    startOn(site, world)
    return { state: 'starting' }
  }),
  'system.shutdown': {
    act: async (world, args, key, method) => {
      const performed = await shutdown.act(world, args, key, method)
      withdrawOrders(world)
      return performed
    },
    lookup: shutdown.lookup,
  },
  'system.kill': effectOn(systemComponent, (state, world) => {
    const site = state.sites[state.active]
    const held = locksOf(world, state).filter(({ alive }) => alive).length
    if (site.did !== 'start' && site.did !== 'shutdown' && held === 0) return { killed: 0 }
    const killed = Math.max(held, 1)
    Object.assign(site, { did: 'kill', at: world.now().toISOString() })
    return { killed }
  }),
  'system.takeOverLocks': effectOn(systemComponent, (state, world) => {
    const taken = locksOf(world, state).filter(isStale).length
    state.locksTakenAt = world.now().toISOString()
    return { taken }
  }),
}

const firstPid = 4711

/** Starts the processes of a site. */
export function startOn(site: SystemState['sites']['main'], world: World): void {
  const pid = Math.max(site.pid, firstPid) + 1
  Object.assign(site, { did: 'start', at: world.now().toISOString(), pid })
}
