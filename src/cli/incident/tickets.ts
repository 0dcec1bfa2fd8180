/** Incidents are tickets: reading them, and the few things that people change about one. */
import * as z from 'zod'
import type { Session } from '../walking/session.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { suggestion } from '../../source/suggest.ts'
import { visible } from '../../source/visible.ts'

/** What an adapter tells beyond this is left out. */
const ticket = z.object({
  id: z.string(),
  kind: z.string().optional(),
  title: z.string(),
  status: z.enum(['open', 'closed']),
  openedAt: z.string(),
  rootCause: z.string().optional(),
  causeClass: z.string().optional(),
  fixVerifiedIn: z.string().optional(),
  artifact: z.string().optional(),
  /** Who commands it. */
  assignee: z.string().optional(),
})
const found = z.looseObject({ tickets: z.array(ticket) })
export type Incident = z.infer<typeof ticket>
const timeoutMs = 10_000

/** Throws DeskError 69 where the tickets cannot be read: no answer is never "none". */
export async function incidentsOf({ adapter }: Pick<Session, 'adapter'>): Promise<readonly Incident[]> {
  const reading = await adapter.read({
    port: 'tickets',
    method: 'find',
    args: { kind: 'incident' },
    timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (reading.kind === 'failure')
    throw new DeskError(
      'no-tickets',
      exitCodes.unreachable,
      `the incidents cannot be read: ${reading.reason}`,
      'try again',
    )
  return found.parse(reading.value).tickets
}

/** Throws DeskError `unknown-id`. */
export function theOne(incidents: readonly Incident[], id: string): Incident {
  const one = incidents.find((i) => i.id === id)
  if (one !== undefined) return one
  const ids = incidents.map((i) => i.id)
  throw new DeskError(
    'unknown-id',
    exitCodes.usage,
    `no incident "${visible(id)}"`,
    suggestion(id, ids) ?? 'desk incident list',
  )
}

export interface TicketChange {
  readonly method: 'close' | 'comment' | 'assign'
  readonly args: Readonly<Record<string, unknown>> & { readonly ticket: string }
  /** The same change has the same one, so that it takes place once. */
  readonly key: string
  /** What it was not, in a sentence: `closed`. */
  readonly done: string
}

/** Throws DeskError 2 where it is not certain that it took place. */
export async function changeTicket({ adapter }: Pick<Session, 'adapter'>, change: TicketChange): Promise<void> {
  const { method, args, key, done } = change
  const signal = AbortSignal.timeout(timeoutMs)
  const answer = await adapter.act({ port: 'tickets', method, args, timeoutMs, signal, key })
  if (answer.kind === 'done') return
  throw new DeskError(
    'ticket-not-changed',
    exitCodes.undetermined,
    `${args.ticket} was not ${done}: ${answer.reason}`,
    `desk incident show ${args.ticket}`,
  )
}
