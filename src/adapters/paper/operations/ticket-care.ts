/** Comments, links, and the review of tickets that nobody takes care of. */
import type { Arguments } from '../arguments.ts'
import { intOf, textOf } from '../arguments.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { readComponent } from '../store.ts'
import { ticketComponent, ticketOf } from '../tickets.ts'
import { sessionsBack } from './sessions.ts'

export const ticketCareReads: Readonly<Record<string, ReadHandler>> = {
  'tickets.grooming': (world, args) => {
    const fromMs = sessionsBack(world, intOf(args, 'sessions'))[0]?.openMs ?? 0
    const tickets = readComponent(world, ticketComponent).tickets.filter(
      ({ openedAt }) => Date.parse(openedAt) >= fromMs,
    )
    const unowned = tickets.filter(({ role, status }) => role === undefined && status === 'open')
    const unwritten = tickets.filter(({ status, artifact }) => status === 'closed' && artifact === undefined)
    return {
      ...{ tickets: tickets.length, unowned: unowned.length, closedWithoutPostmortem: unwritten.length },
      neglected: [...unowned, ...unwritten].map(({ id }) => id),
    }
  },
}

const said = (args: Arguments): string => {
  const text = textOf(args, 'text').trim()
  return text === '' ? refuse('the comment says nothing') : text
}

export const ticketCareEffects: Readonly<Record<string, EffectHandler>> = {
  'tickets.comment': effectOn(ticketComponent, (state, world, args) => {
    const found = ticketOf(state, textOf(args, 'ticket'))
    found.comments.push({ text: said(args), at: world.now().toISOString() })
    return { id: found.id, comments: found.comments.length }
  }),
  'tickets.link': effectOn(ticketComponent, (state, _world, args) => {
    const found = ticketOf(state, textOf(args, 'ticket'))
    const to = ticketOf(state, textOf(args, 'to')).id
    if (to === found.id) refuse(`${to} is the same ticket`)
    if (!found.links.includes(to)) found.links.push(to)
    return { id: found.id, to }
  }),
}
