/** What people run the trading system with, besides trading: joined from one file per port. */
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { agentEffects, agentReads } from './agents.ts'
import { accessEffects, accessReads } from './access.ts'
import { alertListEffects, alertListReads } from './alert-list.ts'
import { alertRaiseEffects } from './alert-raise.ts'
import { backupReads } from './backups.ts'
import { busEffects, busReads } from './bus.ts'
import { complianceEffects, complianceReads } from './compliance.ts'
import { hostReads } from './hosts.ts'
import { reportEffects, reportReads } from './reports.ts'
import { restoreEffects } from './restore.ts'
import { reviewReads } from './reviews.ts'
import { secretEffects, secretReads } from './secrets.ts'
import { siteEffects, siteReads } from './site.ts'
import { systemEffects, systemReads } from './system.ts'
import { ticketCareEffects, ticketCareReads } from './ticket-care.ts'

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
  ...secretReads,
  ...accessReads,
  ...backupReads,
  ...ticketCareReads,
}

export const operationsEffects: Readonly<Record<string, EffectHandler>> = {
  ...systemEffects,
  ...siteEffects,
  ...agentEffects,
  ...busEffects,
  ...complianceEffects,
  ...reportEffects,
  ...alertListEffects,
  ...alertRaiseEffects,
  ...secretEffects,
  ...accessEffects,
  ...restoreEffects,
  ...ticketCareEffects,
}
