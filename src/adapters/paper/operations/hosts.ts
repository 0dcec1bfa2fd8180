/** Ten machines: the eight that serve models, one that trades, one that carries the bus. Busier in session, fuller every day. */
import { refuse } from '../failure.ts'
import type { FaultId } from '../faults.ts'
import type { ReadHandler } from '../handler.ts'
import { readHosts } from '../inference-hosts.ts'
import { bucketOf, noiseOf } from '../noise.ts'
import { readComponent } from '../store.ts'
import { storageComponent } from '../storage.ts'
import type { World } from '../world.ts'
import { elapsedMs, unmended } from './fault-time.ts'

const tradingHost = 'trading-1'
const busHost = 'bus-1'
const silentAfterMs = 30_000
const minuteMs = 60_000

/** Those that the desk can name; one that is not there is not named. */
const hostsOf = (world: World): readonly string[] => [...readHosts(world).map(({ host }) => host), tradingHost, busHost]

/** Since when a host says nothing. */
const silentSince = (world: World, host: string): Date | undefined =>
  host === busHost ? world.faults.get('host-silent') : undefined

const heard = (world: World): readonly string[] =>
  hostsOf(world).filter((host) => silentSince(world, host) === undefined)
const silentCount = (world: World): number => hostsOf(world).length - heard(world).length

const isTrading = ({ calendar, now }: World): boolean => calendar.current(now().getTime()) !== undefined
const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits))
const noise = (world: World, what: string, host: string): number =>
  noiseOf(`${what} ${host} ${bucketOf(world.now(), 5)}`)

const cpuOf = (world: World, host: string): number =>
  isUnder(world, 'host-cpu', host) ? 0.93 : rounded((isTrading(world) ? 0.35 : 0.08) + 0.2 * noise(world, 'cpu', host))
const memoryOf = (world: World, host: string): number =>
  isUnder(world, 'host-memory', host) ? 0.95 : rounded(0.45 + 0.15 * noise(world, 'memory', host))
const latencyOf = (world: World, host: string): number =>
  isUnder(world, 'host-latency', host) ? 260 : rounded(0.4 + 3 * noise(world, 'latency', host), 1)

/** The faults of single machines are about these. */
const faultyHost = {
  'host-cpu': tradingHost,
  'host-memory': tradingHost,
  'host-latency': busHost,
  'host-disk-full': tradingHost,
} as const satisfies Partial<Record<FaultId, string>>
const isUnder = (world: World, fault: keyof typeof faultyHost, host: string): boolean =>
  faultyHost[fault] === host && world.faults.has(fault)

/** For how long the fault has kept the processors busy; it has been for some minutes when it is noticed. */
const busyMinutes = (world: World, host: string): number => {
  const since = isUnder(world, 'host-cpu', host) ? world.faults.get('host-cpu') : undefined
  return since === undefined ? 0 : rounded(6 + elapsedMs(world, since) / minuteMs, 1)
}

const diskGigabytes = 200
const fullGigabytes = 6
/** Logs fill the disk until they are archived. */
function freeOf(world: World, host: string): number {
  const { archivedAt } = readComponent(world, storageComponent)
  const full = faultyHost['host-disk-full'] === host ? unmended(world, 'host-disk-full', archivedAt) : undefined
  if (full !== undefined) return fullGigabytes
  const days = archivedAt === undefined ? 0 : elapsedMs(world, new Date(archivedAt)) / (24 * 60 * minuteMs)
  return rounded(Math.max(0, 90 + 40 * noiseOf(`disk ${host}`) - 0.6 * days), 1)
}

interface Measured {
  readonly host: string
  readonly value: number
}
function worstOf(world: World, measure: (world: World, host: string) => number, sign: 1 | -1 = 1): Measured {
  const all = heard(world).map((host) => ({ host, value: measure(world, host) }))
  const [first, ...others] = all
  if (first === undefined) return refuse('no host answers')
  return others.reduce((worst, each) => (sign * each.value > sign * worst.value ? each : worst), first)
}

export const hostReads: Readonly<Record<string, ReadHandler>> = {
  'hosts.heartbeat': (world) => {
    const hosts = hostsOf(world).map((host) => {
      const since = silentSince(world, host)
      const ageMs =
        since === undefined ? 9_000 * noise(world, 'heartbeat', host) : silentAfterMs + 15_000 + elapsedMs(world, since)
      return { host, ageSeconds: rounded(ageMs / 1000, 1), alive: ageMs <= silentAfterMs }
    })
    return { worstSeconds: Math.max(...hosts.map(({ ageSeconds }) => ageSeconds)), silent: silentCount(world), hosts }
  },
  'hosts.cpu': (world) => {
    const worst = worstOf(world, cpuOf)
    const hosts = heard(world).map((host) => ({
      host,
      share: cpuOf(world, host),
      aboveMinutes: busyMinutes(world, host),
    }))
    const longestMinutes = Math.max(...hosts.map(({ aboveMinutes }) => aboveMinutes))
    return { worst: worst.value, worstHost: worst.host, longestMinutes, silent: silentCount(world), hosts }
  },
  'hosts.memory': (world) => {
    const worst = worstOf(world, memoryOf)
    const hosts = heard(world).map((host) => ({ host, share: memoryOf(world, host) }))
    return { worst: worst.value, worstHost: worst.host, silent: silentCount(world), hosts }
  },
  'hosts.disk': (world) => {
    const least = worstOf(world, freeOf, -1)
    const hosts = heard(world).map((host) => {
      const freeGigabytes = freeOf(world, host)
      return { host, freeGigabytes, share: rounded(1 - freeGigabytes / diskGigabytes) }
    })
    return { leastFreeGigabytes: least.value, leastHost: least.host, silent: silentCount(world), hosts }
  },
  'hosts.latency': (world) => {
    const worst = worstOf(world, latencyOf)
    const hosts = heard(world).map((host) => ({ host, latencyMs: latencyOf(world, host) }))
    return { worstMs: worst.value, worstHost: worst.host, silent: silentCount(world), hosts }
  },
}
