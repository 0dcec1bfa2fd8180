/** Tickets, the incident of the present halt among them. */
import * as z from 'zod'
import { dueAfterSessions } from '../../calendar/due.ts'
import { once } from '../../model/once.ts'
import { moment } from '../../ports/method.ts'
import { causeClasses } from '../../ports/people.ts'
import { countAlerts } from './alerts.ts'
import type { Arguments } from './arguments.ts'
import { intOf, optionalText, textOf } from './arguments.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import type { Component } from './store.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

const hourMs = 3_600_000
const kinds = ['incident', 'bug', 'vendor', 'broker', 'decision', 'access-audit', 'security-review', 'drift'] as const
const ticket = once(() =>
  z.strictObject({
    id: z.string(),
    kind: z.enum(kinds),
    title: z.string(),
    status: z.enum(['open', 'closed']),
    rootCause: z.string().optional(),
    causeClass: z.enum(causeClasses).optional(),
    fixVerifiedIn: z.string().optional(),
    openedAt: moment,
    text: z.string().optional(),
    role: z.string().optional(),
    /** When it should be done: after so many hours, or just after the close of the last session for it. */
    dueAt: moment.optional(),
    artifact: z.string().optional(),
    assignee: z.string().optional(),
    linkedAlerts: z.int(),
    comments: z.array(z.strictObject({ text: z.string(), at: moment })).default([]),
    /** Ids of other tickets. */
    links: z.array(z.string()).default([]),
  }),
)
const ticketState = once(() => z.strictObject({ opened: z.int(), tickets: z.array(ticket()) }))
type TicketState = z.infer<ReturnType<typeof ticketState>>
type Ticket = z.infer<ReturnType<typeof ticket>>

export const ticketComponent: Component<TicketState> = {
  name: 'tickets',
  parse: (value) => ticketState().safeParse(value).data,
  seed: () => ({ opened: 0, tickets: [] }),
}

export function openTicket(
  state: TicketState,
  given: Omit<Ticket, 'id' | 'status' | 'linkedAlerts' | 'comments' | 'links'>,
): Ticket {
  state.opened++
  const id = `T-${String(state.opened)}`
  const opened: Ticket = { ...given, id, status: 'open', linkedAlerts: 0, comments: [], links: [] }
  state.tickets.push(opened)
  return opened
}

const kindOf = (text: string): Ticket['kind'] =>
  kinds.find((known) => known === text) ?? refuse(`there is no kind of ticket ${text}`)

export const ticketOf = (state: TicketState, id: string): Ticket =>
  state.tickets.find((known) => known.id === id) ?? refuse(`there is no ticket ${id}`)

/** The last incident ticket that was opened in the present halt, or ever while the desk is not halted. */
const latestIncident = ({ tickets }: TicketState, haltedAt: Date | undefined): Ticket | undefined =>
  tickets.findLast(
    ({ kind, openedAt }) =>
      kind === 'incident' && (haltedAt === undefined || Date.parse(openedAt) >= haltedAt.getTime()),
  )

/** Blanks say nothing. */
const said = (text: string, what: string): string => (text.trim() === '' ? refuse(`${what} is not said`) : text.trim())

/** However it is spelled. */
const outsideProduction = (place: string): string =>
  /^(?:prod(?:uction)?|live)$/i.test(place) ? refuse('the fix must be verified outside production') : place

const classOf = (text: string): Ticket['causeClass'] =>
  causeClasses.find((known) => known === text) ??
  refuse(`there is no class of causes ${JSON.stringify(text)}, but ${causeClasses.join(', ')}`)

const documentCause = (haltedAt: Date | undefined): EffectHandler =>
  effectOn(ticketComponent, (state, _world, args) => {
    const found = latestIncident(state, haltedAt) ?? refuse('no incident ticket of this halt is there: open one first')
    found.rootCause = said(textOf(args, 'rootCause'), 'the root cause')
    found.causeClass = classOf(textOf(args, 'causeClass').trim())
    found.fixVerifiedIn = outsideProduction(said(textOf(args, 'fixVerifiedIn'), 'where the fix was verified'))
    return { id: found.id }
  })

const shown = ({ id, kind, title, status, openedAt, ...rest }: Ticket) => ({
  ...{ id, kind, title, status, openedAt },
  ...(rest.rootCause === undefined ? {} : { rootCause: rest.rootCause }),
  ...(rest.causeClass === undefined ? {} : { causeClass: rest.causeClass }),
  ...(rest.fixVerifiedIn === undefined ? {} : { fixVerifiedIn: rest.fixVerifiedIn }),
  ...(rest.artifact === undefined ? {} : { artifact: rest.artifact }),
  ...(rest.assignee === undefined ? {} : { assignee: rest.assignee }),
})

/** The earlier one where sessions and hours are given; nothing where neither is. */
function dueOf({ calendar, now }: World, args: Arguments): { readonly dueAt?: string } {
  const nowMs = now().getTime()
  const sessions = args['dueInSessions'] === undefined ? undefined : intOf(args, 'dueInSessions')
  const hours = args['dueInHours'] === undefined ? undefined : intOf(args, 'dueInHours')
  const dueMs = Math.min(
    sessions === undefined ? Infinity : dueAfterSessions(calendar, nowMs, sessions),
    hours === undefined ? Infinity : nowMs + hours * hourMs,
  )
  return dueMs === Infinity ? {} : { dueAt: new Date(dueMs).toISOString() }
}

const given = (args: Arguments, name: string): Readonly<Record<string, string>> => {
  const value = optionalText(args, name)
  return value === undefined ? {} : { [name]: value }
}

export const ticketReads: Readonly<Record<string, ReadHandler>> = {
  'tickets.find': (world, args) => {
    const [kind, status, rootCause] = ['kind', 'status', 'rootCause'].map((name) => optionalText(args, name))
    const fits = (each: Ticket): boolean =>
      (kind === undefined || each.kind === kind) &&
      (status === undefined || each.status === status) &&
      (rootCause === undefined || each.rootCause === rootCause)
    return { tickets: readComponent(world, ticketComponent).tickets.filter(fits).map(shown) }
  },
  'tickets.latestIncident': async (world) => {
    const found = latestIncident(readComponent(world, ticketComponent), await world.haltedAt())
    return found === undefined ? { found: false } : { found: true, ticket: shown(found) }
  },
}

export const ticketEffects: Readonly<Record<string, EffectHandler>> = {
  'tickets.open': effectOn(ticketComponent, (state, world, args) => {
    const kind = kindOf(textOf(args, 'kind'))
    const openedAt = world.now().toISOString()
    const due = dueOf(world, args)
    const texts = { ...given(args, 'text'), ...given(args, 'rootCause'), ...given(args, 'role') }
    return { id: openTicket(state, { kind, title: textOf(args, 'title'), openedAt, ...texts, ...due }).id }
  }),
  'tickets.documentCause': {
    act: async (world, args, key, method) => documentCause(await world.haltedAt()).act(world, args, key, method),
    lookup: (world, args, key) => documentCause(undefined).lookup(world, args, key),
  },
  'tickets.linkAlerts': effectOn(ticketComponent, (state, world, args) => {
    const linked = countAlerts(world, textOf(args, 'rootCause'))
    ticketOf(state, textOf(args, 'ticket')).linkedAlerts += linked
    return { linked }
  }),
  'tickets.close': effectOn(ticketComponent, (state, _world, args) => {
    const found = ticketOf(state, textOf(args, 'ticket'))
    const artifact = textOf(args, 'artifact')
    if (!/^[0-9a-f]{64}$/.test(artifact)) refuse('a ticket closes with the SHA-256 of its written review')
    found.status = 'closed'
    found.artifact = artifact
    return { id: found.id }
  }),
  'tickets.assign': effectOn(ticketComponent, (state, _world, args) => {
    const found = ticketOf(state, textOf(args, 'ticket'))
    found.role = textOf(args, 'role')
    found.assignee = optionalText(args, 'person')
    return { id: found.id }
  }),
}
