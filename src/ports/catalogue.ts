/** Every method that documents may name, by `port.method`. */
import { agentMethods, busMethods } from './agents.ts'
import { alertMethods } from './alerts.ts'
import { complianceMethods } from './compliance.ts'
import { bookMethods } from './book.ts'
import { configMethods } from './config.ts'
import { dataMethods } from './data.ts'
import { deskMethods } from './desk.ts'
import { execMethods } from './exec.ts'
import { featureMethods } from './features.ts'
import { inferenceMethods } from './inference.ts'
import { hostMethods } from './hosts.ts'
import { httpMethods } from './http.ts'
import type { MethodDefinition } from './method.ts'
import { metricsMethods } from './metrics.ts'
import { orderMethods } from './orders.ts'
import { peopleMethods } from './people.ts'
import { reconciliationMethods } from './reconciliation.ts'
import { registryMethods } from './registry.ts'
import { researchMethods } from './research.ts'
import { reportMethods } from './reports.ts'
import { riskMethods } from './risk.ts'
import { routingMethods } from './routing.ts'
import { accessMethods, secretMethods } from './secrets.ts'
import { storageMethods } from './storage.ts'
import { siteMethods, systemMethods } from './system.ts'
import { venueAccountMethods } from './venue-account.ts'
import { venueSafetyMethods } from './venue-safety.ts'
import { venueServiceMethods } from './venue-service.ts'
import { ticketMethods } from './tickets.ts'
import { venueMethods } from './venue.ts'
import { venuesMethods } from './venues.ts'

const all: readonly MethodDefinition[] = [
  ...venueMethods,
  ...venueAccountMethods,
  ...venueSafetyMethods,
  ...venueServiceMethods,
  ...venuesMethods,
  ...orderMethods,
  ...bookMethods,
  ...dataMethods,
  ...routingMethods,
  ...registryMethods,
  ...inferenceMethods,
  ...researchMethods,
  ...featureMethods,
  ...riskMethods,
  ...metricsMethods,
  ...configMethods,
  ...peopleMethods,
  ...reconciliationMethods,
  ...systemMethods,
  ...siteMethods,
  ...agentMethods,
  ...busMethods,
  ...hostMethods,
  ...complianceMethods,
  ...reportMethods,
  ...alertMethods,
  ...secretMethods,
  ...accessMethods,
  ...storageMethods,
  ...ticketMethods,
  ...deskMethods,
  ...execMethods,
  ...httpMethods,
]

export const catalogue: ReadonlyMap<string, MethodDefinition> = new Map(all.map((m) => [`${m.port}.${m.name}`, m]))
