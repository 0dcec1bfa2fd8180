/**
 * Incidents that are open, as far as files tell: the paper desk keeps its tickets beside its state. Where a program or a service keeps
 * them, a look at files cannot tell, and unknown is never none: `desk incident list` asks.
 */
import { join } from 'node:path'
import type { Context } from './command.ts'
import { configSpeaksOf } from './config-words.ts'
import { isErrno } from '../audit/failure.ts'
import { readRegularFile } from '../disk/read.ts'
import type { DeskRef } from '../killswitch/desks.ts'

export interface OpenIncident {
  readonly id: string
  readonly title: string
  /** RFC 3339. */
  readonly openedAt: string
}

interface Ticket extends OpenIncident {
  readonly kind: string
  readonly status: string
}

/** Undefined where it cannot be told. */
export function openIncidents({ profile, stateDir }: DeskRef, context: Context): readonly OpenIncident[] | undefined {
  if (profile === 'live' || configSpeaksOf('tickets', context)) return undefined
  try {
    const stored: unknown = JSON.parse(readRegularFile(join(stateDir, 'paper', 'tickets.json')).toString('utf8'))
    return ticketsOf(stored)
      ?.filter(({ kind, status }) => kind === 'incident' && status === 'open')
      .map(({ id, title, openedAt }) => ({ id, title, openedAt }))
  } catch (error) {
    return isErrno(error, 'ENOENT') ? [] : undefined
  }
}

type Data = Readonly<Record<string, unknown>>
const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null

function ticketsOf(stored: unknown): readonly Ticket[] | undefined {
  const state = isData(stored) ? stored['state'] : undefined
  const tickets = isData(state) ? state['tickets'] : undefined
  return Array.isArray(tickets) && tickets.every(isTicket) ? tickets : undefined
}

const isTicket = (value: unknown): value is Ticket =>
  isData(value) && ['id', 'title', 'openedAt', 'kind', 'status'].every((field) => typeof value[field] === 'string')
