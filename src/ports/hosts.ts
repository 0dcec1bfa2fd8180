/** The machines. Shares lie between 0 and 1. Hosts that do not answer are counted, not listed, except by their heartbeat. */
import * as z from 'zod'
import { read } from './method.ts'

const measured = <S extends z.ZodRawShape>(value: S) => ({
  silent: z.int(),
  hosts: z.array(z.strictObject({ host: z.string(), ...value })),
})

export const hostMethods = [
  read(
    'hosts',
    'heartbeat',
    'Age of the last heartbeat of every host; silent ones are older than 30 s',
    () => ({}),
    () => ({ worstSeconds: z.number(), ...measured({ ageSeconds: z.number(), alive: z.boolean() }) }),
    ({ silent, hosts }) => hosts.length > 0 && silent === hosts.filter((host) => !host.alive).length,
  ),
  read(
    'hosts',
    'cpu',
    'Use of the processors, and for how many minutes it has been above 80 %',
    () => ({}),
    () => ({
      worst: z.number(),
      worstHost: z.string(),
      longestMinutes: z.number(),
      ...measured({ share: z.number(), aboveMinutes: z.number() }),
    }),
    ({ worst, worstHost, hosts }) => hosts.some(({ host, share }) => host === worstHost && share === worst),
  ),
  read(
    'hosts',
    'memory',
    'Use of memory',
    () => ({}),
    () => ({ worst: z.number(), worstHost: z.string(), ...measured({ share: z.number() }) }),
    ({ worst, worstHost, hosts }) => hosts.some(({ host, share }) => host === worstHost && share === worst),
  ),
  read(
    'hosts',
    'disk',
    'Free space',
    () => ({}),
    () => ({
      leastFreeGigabytes: z.number(),
      leastHost: z.string(),
      ...measured({ freeGigabytes: z.number(), share: z.number() }),
    }),
    ({ leastFreeGigabytes, leastHost, hosts }) =>
      hosts.some(({ host, freeGigabytes }) => host === leastHost && freeGigabytes === leastFreeGigabytes),
  ),
  read(
    'hosts',
    'latency',
    'Round trips over the network',
    () => ({}),
    () => ({ worstMs: z.number(), worstHost: z.string(), ...measured({ latencyMs: z.number() }) }),
    ({ worstMs, worstHost, hosts }) => hosts.some(({ host, latencyMs }) => host === worstHost && latencyMs === worstMs),
  ),
]
