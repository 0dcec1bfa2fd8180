/** What people run the trading system with, besides trading: joined from one file per port. */
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { agentEffects, agentReads } from './agents.ts'
import { busEffects, busReads } from './bus.ts'
import { siteEffects, siteReads } from './site.ts'
import { systemEffects, systemReads } from './system.ts'

export const operationsReads: Readonly<Record<string, ReadHandler>> = {
  ...systemReads,
  ...siteReads,
  ...agentReads,
  ...busReads,
}

export const operationsEffects: Readonly<Record<string, EffectHandler>> = {
  ...systemEffects,
  ...siteEffects,
  ...agentEffects,
  ...busEffects,
}
