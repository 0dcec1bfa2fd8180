/** Arguments with which every method of operations answers on a fresh desk; effects in an order in which they all can take place. */
import type { Args } from '../desk.ts'

export const operationsReadArgs: Readonly<Record<string, Args>> = {
  'site.ready': { site: 'dr' },
  'site.health': { site: 'main' },
  'site.dns': { record: 'trading' },
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
}
