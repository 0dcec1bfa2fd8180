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
  'compliance-alert': [
    ['compliance.alerts', {}, ['open'], 0, 1],
    ['compliance.summary', {}, ['clean'], true, false],
    ['compliance.instructions', { alert: 'CA-2026-11-19' }, ['given'], 'failure', false],
  ],
  'compliance-overdue': [['compliance.deadlines', {}, ['overdue'], 0, 1]],
  'trades-unreported': [['compliance.reporting', {}, ['missing'], 0, 3]],
  'pnl-over-limit': [['reports.pnl', {}, ['withinLimit'], true, false]],
  'drill-missing': [
    ['reports.drill', { kind: 'kill-switch', days: 7 }, ['found'], true, false],
    ['reports.drill', { kind: 'disaster-recovery', days: 31 }, ['targetMinutes'], 60, undefined],
  ],
  'sla-breach': [
    ['reports.sla', { sessions: 5 }, ['breaches'], 0, 1],
    ['reports.sla', { sessions: 5 }, ['unfiled'], 0, 1],
  ],
  'alert-noise': [['reports.alertNoise', { sessions: 5 }, ['unreviewed'], 0, 1]],
  'alerts-critical-overnight': [
    ['alerts.list', { lookbackMinutes: 960 }, ['criticalOpen'], 0, 1],
    ['alerts.quiet', { minutes: 30 }, ['count'], 0, 0],
  ],
  'host-silent': [
    ['hosts.heartbeat', {}, ['worstSeconds'], below(30), above(30)],
    ['hosts.cpu', {}, ['silent'], 0, 1],
    ['alerts.quiet', { minutes: 30 }, ['count'], 0, 1],
  ],
  'host-cpu': [
    ['hosts.cpu', {}, ['worst'], below(0.8), above(0.8)],
    ['hosts.cpu', {}, ['longestMinutes'], 0, above(5)],
  ],
  'host-memory': [['hosts.memory', {}, ['worst'], below(0.9), above(0.9)]],
  'host-disk-full': [['hosts.disk', {}, ['leastFreeGigabytes'], above(10), below(10)]],
  'host-latency': [['hosts.latency', {}, ['worstMs'], below(200), above(200)]],
  'secret-old': [['secrets.metadata', { name: 'broker-primary' }, ['ageDays'], below(90), above(90)]],
  'secret-not-reloaded': [['secrets.inUse', { name: 'broker-primary' }, ['version'], 'v1', 'v1']],
  'access-unattested': [['access.list', {}, ['attestedDays'], below(92), above(92)]],
  'access-unneeded': [['access.list', {}, ['unneeded', 'length'], 0, 1]],
  'backup-stale': [
    ['storage.backups', {}, ['stale'], 0, 4],
    ['storage.backups', {}, ['rows', 0, 'fresh'], true, false],
  ],
  'backup-corrupt': [
    ['storage.verify', { name: 'model-v1.3.2' }, ['predicts'], true, false],
    ['storage.verify', { name: 'positions-2026-11-19T16:45:00.000Z' }, ['matches'], true, false],
  ],
  'restore-untested': [['storage.backups', {}, ['untested'], 0, 4]],
  'ticket-unowned': [['tickets.grooming', { sessions: 5 }, ['unowned'], 0, 1]],
  'closed-without-postmortem': [['tickets.grooming', { sessions: 5 }, ['closedWithoutPostmortem'], 0, 1]],
}
