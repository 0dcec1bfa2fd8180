/** What each fault of operations turns: method, arguments, path into the result, its value without the fault and with it. */
import { expect } from 'vitest'
import type { operationsFaults } from '../../../../src/adapters/paper/operations/faults.ts'
import type { Args } from '../desk.ts'

const below = (bound: number): unknown => expect.toSatisfy((value: number) => value < bound)
const above = (bound: number): unknown => expect.toSatisfy((value: number) => value > bound)

type Probe = readonly [
  method: string,
  args: Args,
  path: readonly (string | number)[],
  healthy: unknown,
  faulty: unknown,
]

export const operationsProbes: Readonly<Record<(typeof operationsFaults)[number][0], readonly Probe[]>> = {
  'not-ready': [
    ['system.ready', {}, ['ready'], true, false],
    ['site.health', { site: 'main' }, ['healthy'], true, false],
  ],
  'stale-lock': [['system.locks', {}, ['stale'], 0, 1]],
  'live-lock': [
    ['system.locks', {}, ['locks', 'length'], 1, 2],
    ['system.locks', {}, ['stale'], 0, 0],
  ],
  'dr-not-ready': [
    ['site.ready', { site: 'dr' }, ['ready'], true, false],
    ['site.ready', { site: 'main' }, ['ready'], true, true],
  ],
  'dns-moved': [['site.dns', { record: 'trading' }, ['to'], 'main', 'parking']],
  'fence-unproven': [['site.ready', { site: 'main' }, ['ready'], true, false]],
  'agent-slow': [
    ['agents.status', {}, ['agents', 1, 'queue'], below(100), above(100)],
    ['agents.status', {}, ['agents', 1, 'latencyMs'], below(5000), above(5000)],
  ],
  'agent-crashed': [
    ['agents.status', {}, ['agents', 4, 'status'], 'running', 'crashed'],
    ['system.ready', {}, ['ready'], true, false],
  ],
  'bus-backlog': [
    ['bus.stats', {}, ['topics', 0, 'stale'], 0, above(1000)],
    ['bus.consumers', {}, ['slow'], 0, 0],
    ['system.ready', {}, ['ready'], true, false],
  ],
  'slow-consumer': [
    ['bus.consumers', {}, ['slow'], 0, 1],
    ['bus.stats', {}, ['topics', 1, 'stale'], 0, 0],
  ],
  'order-topic-backlog': [['bus.consumers', {}, ['consumers', 3, 'slow'], false, true]],
}
