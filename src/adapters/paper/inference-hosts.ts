/** The hosts that serve the model: what each serves, since when, and how they are made to serve something else. */
import { textOf } from './arguments.ts'
import type { FaultId } from './faults.ts'
import { PaperFailure, refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import type { Host, InferenceState } from './inference-state.ts'
import { inferenceComponent } from './inference-state.ts'
import type { Version } from './registry-state.ts'
import { unmended } from './operations/fault-time.ts'
import {
  hashOfVersion,
  paperModel,
  previousVersion,
  readProduction,
  readVersion,
  registryComponent,
  requireModel,
  requireRegistry,
} from './registry-state.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

const stuckHost = 'inference-3'
const missingHost = 'inference-8'
const sickHost = 'inference-5'

/** Every host that can be reached, with the hash it serves. */
export function readHosts(world: World): readonly Pick<Host, 'host' | 'healthy' | 'modelHash'>[] {
  return reachableHosts(world).map((each) => {
    const { host, healthy, modelHash } = each
    const isStuck = host === stuckHost && world.faults.has('old-hash')
    const isSick = host === sickHost && unmended(world, 'host-unhealthy', each.restartedAt) !== undefined
    const served = isStuck ? hashOfVersion(world, previousVersion) : modelHash
    return { host, healthy: healthy && !isSick, modelHash: served }
  })
}

const reachableHosts = (world: World): readonly Host[] =>
  readComponent(world, inferenceComponent).hosts.filter(
    ({ host }) => !(host === missingHost && world.faults.has('host-missing')),
  )

/** Share of the hosts that still serve what they served when the fault began; 0 while it is off. */
export function shareUnder(world: World, fault: FaultId): number {
  const hosts = reachableHosts(world)
  return hosts.filter(({ servingSince }) => unmended(world, fault, servingSince) !== undefined).length / hosts.length
}

/** What most hosts serve. */
export function liveVersion(world: World): Version {
  const counts = new Map<string, number>()
  for (const { modelHash } of readHosts(world)) counts.set(modelHash, (counts.get(modelHash) ?? 0) + 1)
  const [hash] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? refuse('no inference host can be reached')
  const { versions } = readComponent(world, registryComponent)
  return versions.find(({ pinnedHash }) => pinnedHash === hash) ?? refuse('the hosts serve what no version has')
}

/** Lets hosts serve a hash from now on. */
function serve(state: InferenceState, hosts: ReadonlySet<string>, modelHash: string, world: World, restart: boolean) {
  const at = world.now().toISOString()
  state.hosts = state.hosts.map((host) => {
    if (!hosts.has(host.host)) return host
    const since = host.modelHash === modelHash ? {} : { servingSince: at }
    return { ...host, modelHash, ...since, ...(restart ? { restartedAt: at } : {}) }
  })
}

const reachableNames = (world: World): ReadonlySet<string> => new Set(reachableHosts(world).map(({ host }) => host))
const slotOf = ({ version, pinnedHash }: Version) => ({ version, hash: pinnedHash })

export const hostReads: Readonly<Record<string, ReadHandler>> = {
  'inference.healthz': (world) => ({ hosts: readHosts(world).map((host) => ({ ...host, model: paperModel })) }),
  'inference.slots': (world, args) => {
    requireModel(args)
    const { idle } = readComponent(world, inferenceComponent)
    return { live: slotOf(liveVersion(world)), idle: slotOf(readVersion(world, idle)) }
  },
}

export const hostEffects: Readonly<Record<string, EffectHandler>> = {
  'inference.restartAll': effectOn(inferenceComponent, (state, world, args) => {
    requireModel(args)
    requireRegistry(world)
    const reachable = reachableNames(world)
    serve(state, reachable, readProduction(world).hash, world, true)
    return { restarted: reachable.size }
  }),
  'inference.restart': effectOn(inferenceComponent, (state, world, args) => {
    requireRegistry(world)
    const host = textOf(args, 'host')
    if (!state.hosts.some((known) => known.host === host)) return refuse(`there is no host ${host}`)
    if (!reachableNames(world).has(host))
      throw new PaperFailure('paper-unreachable', `${host} refuses connections`, true)
    const { hash } = readProduction(world)
    serve(state, new Set([host]), hash, world, true)
    return { host, modelHash: hash }
  }),
  'inference.loadIdle': effectOn(inferenceComponent, (state, world, args) => {
    requireModel(args)
    requireRegistry(world)
    const version = readVersion(world, textOf(args, 'version'))
    if (version.version === liveVersion(world).version) return refuse(`${version.version} is live already`)
    state.idle = version.version
    return slotOf(version)
  }),
  'inference.switchTo': effectOn(inferenceComponent, (state, world, args) => {
    requireModel(args)
    requireRegistry(world)
    const version = readVersion(world, textOf(args, 'version'))
    const previous = liveVersion(world)
    if (previous.version === version.version) return { version: version.version, previous: state.idle }
    serve(state, reachableNames(world), version.pinnedHash, world, false)
    state.idle = previous.version
    return { version: version.version, previous: previous.version }
  }),
}
