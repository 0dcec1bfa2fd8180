/** `desk promote [request]`: without a request it asks to go up one level, with one it approves what somebody else asked. */
import {
  type PromotionWorld,
  approvePromotion,
  promotionStatement,
  requestPromotion,
} from '../../killswitch/promote.ts'
import { exitCodes } from '../../model/failure.ts'
import type { Command } from '../command.ts'
import { deciderOf, type SigningOptions, writeTerms } from '../deciding.ts'
import { recordDeaths } from '../deaths.ts'
import { printJson } from '../output/print.ts'
import { confirmName, refused } from '../permission.ts'
import { whichDesk, whoMayBe } from '../which-desk.ts'
import { deskCalendar } from '../walking/clock.ts'
import { openSession, type Session } from '../walking/session.ts'
import { incidentsOf } from '../incident/tickets.ts'

export interface PromoteOptions extends SigningOptions {
  readonly request?: string
  readonly reason?: string
  readonly confirm?: string
}

export const run: Command<PromoteOptions> = async (options, context) => {
  const which = whichDesk(context)
  // Reading incidents needs no person; deciding does, and a key can say who it is.
  const session = openSession(context, which, whoMayBe(which, context) ?? { id: 'unknown', via: 'login' })
  const { desk, boot, means } = session
  recordDeaths(desk.stateDir, context)
  const by = deciderOf(desk, context, options)
  const world = worldOf(session)
  if (options.terms !== undefined) {
    const { request = '', terms } = options
    const statement = await promotionStatement(desk.stateDir, boot, request, by, world, means)
    if (typeof statement !== 'string') refused(statement)
    writeTerms(context, terms, statement, `desk promote ${request} --confirm ${desk.name}`)
    return exitCodes.ok
  }
  await confirmName(context, desk.name, options.confirm)
  const { io, globals } = context
  if (options.request === undefined) {
    const answer = await requestPromotion(desk.stateDir, boot, { by, reason: options.reason ?? '' }, world, means)
    if (answer.kind === 'refused') refused(answer)
    const { id, terms } = answer.request
    if (globals.json)
      printJson(io, 'promote-request', {
        schema: 1,
        request: { id, epoch: terms.epoch, expires: terms.expires, terms },
      })
    else
      io.out(
        `${desk.name}: asked to go to ${percent(terms.to.size)}\n  until   ${terms.expires}\n  next    somebody else: desk promote ${id} --confirm ${desk.name}\n`,
      )
    return exitCodes.ok
  }
  const answer = await approvePromotion(desk.stateDir, boot, options.request, by, world, means)
  if (answer.kind === 'refused') refused(answer)
  const { id, terms } = answer.request
  if (globals.json)
    printJson(io, 'promote-approve', {
      schema: 1,
      granted: true,
      request: { id, terms },
      approval: answer.approval,
      approver: answer.approver,
    })
  else
    io.out(`${desk.name} ${percent(terms.to.size)}\n  asked by ${terms.requester}, approved by ${answer.approver.id}\n`)
  return exitCodes.ok
}

/** While an incident is open nothing is promoted, and one that was opened in a session spoils it, whatever became of it. */
const worldOf = (session: Session): PromotionWorld => {
  const calendar = deskCalendar(session.desk.config.desk.calendar)
  return {
    nextSession: (ms) => calendar.next(ms),
    incidents: async () => {
      try {
        return (await incidentsOf(session)).map(({ id, openedAt, status }) => ({
          id,
          openedMs: Date.parse(openedAt),
          isOpen: status === 'open',
        }))
      } catch (error) {
        return { failure: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}

const percent = (size: number): string => `${String(size * 100)} %`
