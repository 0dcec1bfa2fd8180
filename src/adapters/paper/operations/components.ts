/** Health of the seven components that the trading system consists of. */
import { routingComponent } from '../routing.ts'
import { readComponent } from '../store.ts'
import { beats } from '../venue-service.ts'
import { whyNotAuthorised } from '../venue/access.ts'
import type { World } from '../world.ts'
import type { AgentName } from './agents.ts'
import { readAgents } from './agents.ts'
import { busBacklog } from './bus.ts'
import type { SiteId } from './system-state.ts'
import { runningOf, systemComponent } from './system-state.ts'

type Status = 'ok' | 'degraded' | 'down'
export interface ComponentHealth {
  readonly name: string
  readonly critical: 'critical' | 'high' | 'medium'
  readonly status: Status
}

const longBacklog = 1_000
/** Stays down under the fault of that name, however often it is started. */
const neverReady: AgentName = 'cio'

export function readComponents(world: World, site: SiteId): readonly ComponentHealth[] {
  const { sites, active } = readComponent(world, systemComponent)
  const up = active === site && runningOf(world, sites[site], 0) === 'running'
  const agents = up ? readAgents(world) : []
  const agent = (name: AgentName): Status => {
    if (name === neverReady && world.faults.has('not-ready')) return 'down'
    const found = agents.find((each) => each.name === name)
    if (found === undefined || found.status === 'crashed' || found.status === 'stopped') return 'down'
    return found.status === 'paused' ? 'degraded' : 'ok'
  }
  const when = (status: Status): Status => (up ? status : 'down')
  return [
    { name: 'broker-gateway', critical: 'critical', status: when(hearsBroker(world) ? 'ok' : 'down') },
    { name: 'event-bus', critical: 'critical', status: when(busBacklogIsLong(world) ? 'degraded' : 'ok') },
    { name: 'cio-agent', critical: 'critical', status: agent('cio') },
    { name: 'risk-agent', critical: 'critical', status: agent('risk') },
    { name: 'compliance-agent', critical: 'high', status: agent('compliance') },
    { name: 'execution-agent', critical: 'high', status: agent('execution') },
    { name: 'health-check-server', critical: 'medium', status: when('ok') },
  ]
}

const busBacklogIsLong = (world: World): boolean => busBacklog(world) > longBacklog

/** Whether the venue in use answers, and lets the desk in. */
function hearsBroker(world: World): boolean {
  const { broker } = readComponent(world, routingComponent)
  return beats(world, broker) && whyNotAuthorised(world, world.faults, broker) === undefined
}
