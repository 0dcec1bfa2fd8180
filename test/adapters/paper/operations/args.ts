/** Arguments with which every method of operations answers on a fresh desk; effects in an order in which they all can take place. */
import type { Args } from '../desk.ts'

export const operationsReadArgs: Readonly<Record<string, Args>> = {
  'site.ready': { site: 'dr' },
  'site.health': { site: 'main' },
  'site.dns': { record: 'trading' },
  'reports.drill': { kind: 'kill-switch', days: 7 },
  'reports.sla': { sessions: 5 },
  'reports.alertNoise': { sessions: 5 },
  'compliance.instructions': { alert: 'CA-2026-11-18' },
  'alerts.list': { lookbackMinutes: 720 },
  'alerts.quiet': { minutes: 30 },
}

export const operationsEffectArgs: Readonly<Record<string, Args>> = {
  'agents.restart': { agent: 'signal' },
  'agents.pause': { agent: 'signal' },
  'agents.resume': { agent: 'signal' },
  'agents.useDefault': { agent: 'regime' },
  'bus.clearStale': { topics: ['quotes'] },
  'system.start': {},
  'system.takeOverLocks': {},
  'system.shutdown': {},
  'system.kill': {},
  'site.fence': { site: 'main' },
  'site.carryOver': { from: 'main', to: 'dr' },
  'site.pointDns': { record: 'trading', to: 'dr', ifCurrent: 'main' },
  'site.start': { site: 'dr' },
  'compliance.report': {},
  'reports.risk': {},
  'reports.compliance': {},
  'reports.session': {},
  'reports.fileDrill': { kind: 'failover', text: 'went well', recoveredInMinutes: 7.5, targetMinutes: 15 },
  'alerts.silence': { name: 'vendor-jitter', minutes: 30, reason: 'known' },
  'alerts.expire': { name: 'vendor-jitter' },
  'alerts.acknowledge': { id: 'vendor-jitter-2026-11-19', action: 'looked at it' },
  'alerts.review': { name: 'vendor-jitter', decision: 'stays' },
  'notify.resolve': { id: 'message-1' },
  'compliance.review': { alert: 'CA-2026-11-18' },
  'compliance.notify': { alert: 'CA-2026-11-18' },
  'compliance.logAction': { alert: 'CA-2026-11-18', action: 'went through the orders' },
  'compliance.file': { deadline: 'transactions-2026-11-19' },
}
