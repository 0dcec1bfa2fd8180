/** What people run the trading system with, besides trading: joined from one file per port. */
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { agentEffects, agentReads } from './agents.ts'
import { alertListEffects, alertListReads } from './alert-list.ts'
import { busEffects, busReads } from './bus.ts'
import { complianceEffects, complianceReads } from './compliance.ts'
import { hostReads } from './hosts.ts'
import { reportEffects, reportReads } from './reports.ts'
import { reviewReads } from './reviews.ts'
import { siteEffects, siteReads } from './site.ts'
import { systemEffects, systemReads } from './system.ts'

export const operationsReads: Readonly<Record<string, ReadHandler>> = {
  ...systemReads,
  ...siteReads,
  ...agentReads,
  ...busReads,
  ...hostReads,
  ...complianceReads,
  ...reportReads,
  ...reviewReads,
  ...alertListReads,
}

export const operationsEffects: Readonly<Record<string, EffectHandler>> = {
  ...systemEffects,
  ...siteEffects,
  ...agentEffects,
  ...busEffects,
  ...complianceEffects,
  ...reportEffects,
  ...alertListEffects,
}
