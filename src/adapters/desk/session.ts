/** Closing the session of the day: from here on only reductions pass on a desk that trades in sessions. */
import * as z from 'zod'
import { closeSession as close } from '../../killswitch/session.ts'
import { once } from '../../model/once.ts'
import { type DeskEffect, done, failed } from './effect.ts'

const closeArgs = once(() => z.object({ reason: z.string() }))

export const closeSession: DeskEffect = {
  holdsOn: true,
  perform: ({ stateDir, boot, by, ...means }, args) => {
    const { reason } = closeArgs().parse(args)
    const closed = close(stateDir, boot, { by: by.id, reason }, means)
    return closed.done ? done({ closed: true }) : failed('the permission of the session could not be removed')
  },
  // Once more is no harm, and nothing but doing it proves that it is done.
  happened: () => undefined,
}
