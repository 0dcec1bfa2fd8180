/** Two sites, of which one runs the trading system; moving from one to the other. */
import { optionalText, textOf } from '../arguments.ts'
import { PaperFailure, refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import { readComponents } from './components.ts'
import { unmended } from './fault-time.ts'
import { startOn } from './system.ts'
import type { SystemState } from './system-state.ts'
import { otherSite, siteOf, systemComponent } from './system-state.ts'
import { sha256 } from '../../../model/sha256.ts'

/** The one name by which the desk's users reach the trading system. */
const deskRecord = 'trading'
const strangePlace = 'parking'

/** Where the name points to; under `dns-moved` somebody else has moved it. */
function dnsOf(world: World, { dns }: SystemState, record: string): string {
  if (record !== deskRecord) return refuse(`there is no name ${record}`)
  return unmended(world, 'dns-moved', dns?.at) === undefined ? (dns?.to ?? 'main') : strangePlace
}

export const siteReads: Readonly<Record<string, ReadHandler>> = {
  'site.ready': (world, args) => {
    const site = siteOf(textOf(args, 'site'))
    const { fence } = readComponent(world, systemComponent).sites[site]
    const lags = site === 'dr' && world.faults.has('dr-not-ready')
    const checks = [
      {
        name: 'not-fenced',
        passed: fence === undefined,
        detail: fence === undefined ? 'reaches the venues' : fence.proof,
      },
      { name: 'installed', passed: true, detail: 'the release of main is installed' },
      { name: 'replication', passed: !lags, detail: lags ? '3 h behind main' : '2 s behind main' },
      {
        ...{ name: 'fencing', passed: !world.faults.has('fence-unproven') },
        detail: world.faults.has('fence-unproven')
          ? 'the fencing device does not answer'
          : 'the fencing device answers',
      },
      { name: 'market-data', passed: true, detail: 'both vendors answer' },
    ]
    return { ready: checks.every(({ passed }) => passed), checks }
  },
  'site.health': (world, args) => {
    const site = siteOf(textOf(args, 'site'))
    const components = readComponents(world, site)
    return { healthy: components.every(({ status }) => status === 'ok'), components }
  },
  'site.dns': (world, args) => ({ to: dnsOf(world, readComponent(world, systemComponent), textOf(args, 'record')) }),
}

const carryOver = (haltedAt: Date | undefined): EffectHandler =>
  effectOn(systemComponent, (state, world, args) => {
    const from = siteOf(textOf(args, 'from'))
    const to = siteOf(textOf(args, 'to'))
    if (from === to) return refuse('from one site to another one')
    const { fence } = state.sites[from]
    const stoppedAt = fence?.at ?? haltedAt?.toISOString()
    if (stoppedAt === undefined) return refuse(`${from} is neither halted nor fenced: it may trade`)
    const epoch = sha256(`${from} ${stoppedAt}`).slice(0, 16)
    state.sites[to].carried = { at: world.now().toISOString(), epoch }
    return { epoch, halted: true }
  })

export const siteEffects: Readonly<Record<string, EffectHandler>> = {
  'site.fence': effectOn(systemComponent, (state, world, args) => {
    const site = siteOf(textOf(args, 'site'))
    if (world.faults.has('fence-unproven'))
      throw new PaperFailure('paper-unreachable', 'the fencing device does not answer', true, true)
    const target = state.sites[site]
    const at = world.now().toISOString()
    target.fence ??= { at, proof: `fence-${site}-${sha256(`${site} ${at}`).slice(0, 12)}` }
    if (target.did === 'start' || target.did === 'shutdown') Object.assign(target, { did: 'kill', at })
    return { fenced: true, proof: target.fence.proof }
  }),
  'site.carryOver': {
    act: async (world, args, key, method) => carryOver(await world.haltedAt()).act(world, args, key, method),
    lookup: (world, args, key) => carryOver(undefined).lookup(world, args, key),
  },
  'site.pointDns': effectOn(systemComponent, (state, world, args) => {
    const current = dnsOf(world, state, textOf(args, 'record'))
    const expected = optionalText(args, 'ifCurrent')
    const to = siteOf(textOf(args, 'to'))
    if (current !== expected && current !== to) refuse(`the name points to ${current}, not ${String(expected)}`)
    state.dns = { to, at: world.now().toISOString() }
    return { to }
  }),
  'site.start': effectOn(systemComponent, (state, world, args) => {
    const site = siteOf(textOf(args, 'site'))
    const other = state.sites[otherSite(site)]
    const target = state.sites[site]
    if (target.fence !== undefined) refuse(`${site} is fenced off`)
    if (target.did === 'start' && state.active === site) return { state: 'running', halted: true }
    if (other.did === 'start' || other.did === 'shutdown') refuse(`${otherSite(site)} still runs: fence it first`)
    if (target.carried === undefined) refuse(`no trading state was carried over to ${site}`)
    startOn(target, world)
    state.active = site
    return { state: 'starting', halted: true }
  }),
}
