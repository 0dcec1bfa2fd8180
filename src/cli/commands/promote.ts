/** `desk promote [request]`: without a request it asks to go up one level, with one it approves what somebody else asked. */
import { calendarOf } from '../../calendar/calendars.ts'
import { type PromotionWorld, approvePromotion, requestPromotion } from '../../killswitch/promote.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Command } from '../command.ts'
import { confirmName, openPermission, refused } from '../permission.ts'

export interface PromoteOptions {
  readonly request?: string
  readonly reason?: string
  readonly confirm?: string
}

export const run: Command<PromoteOptions> = async (options, context) => {
  const { desk, person, boot, means } = openPermission(context)
  const world = worldOf(desk.config.desk.calendar)
  await confirmName(context, desk.name, options.confirm)
  const { io, globals } = context
  if (options.request === undefined) {
    const answer = await requestPromotion(
      desk.stateDir,
      boot,
      { by: person, reason: options.reason ?? '' },
      world,
      means,
    )
    if (answer.kind === 'refused') refused(answer)
    const { id, terms } = answer.request
    if (globals.json)
      io.out(`${JSON.stringify({ schema: 1, request: { id, epoch: terms.epoch, expires: terms.expires, terms } })}\n`)
    else
      io.out(
        `${desk.name}: asked to go to ${percent(terms.to.size)}\n  until   ${terms.expires}\n  next    somebody else: desk promote ${id} --confirm ${desk.name}\n`,
      )
    return exitCodes.ok
  }
  const answer = await approvePromotion(desk.stateDir, boot, options.request, person, world, means)
  if (answer.kind === 'refused') refused(answer)
  const { id, terms } = answer.request
  if (globals.json)
    io.out(`${JSON.stringify({ schema: 1, granted: true, request: { id, terms }, approval: answer.approval })}\n`)
  else io.out(`${desk.name} ${percent(terms.to.size)}\n  asked by ${terms.requester}, approved by ${person.id}\n`)
  return exitCodes.ok
}

/** Incidents are halts here: while one stands nothing is promoted, and each one starts the session anew. */
function worldOf(calendarId: string): PromotionWorld {
  const calendar = calendarOf(calendarId)
  if (calendar === undefined)
    throw new DeskError(
      'unknown-calendar',
      exitCodes.invalidConfiguration,
      `there is no calendar "${calendarId}"`,
      'desk config validate',
    )
  return { nextSession: (ms) => calendar.next(ms), incidents: () => Promise.resolve([]) }
}

const percent = (size: number): string => `${String(size * 100)} %`
