/** What a reboot took out of force is taken up again, where people permitted it before and nobody halted since. */
import { rearmAfterReboot } from '../../killswitch/startup.ts'
import { readStanding } from '../../killswitch/standing.ts'
import { type DeskEffect, done, failed } from './effect.ts'

export const rearm: DeskEffect = {
  holdsOn: true,
  perform: async ({ stateDir, boot, by, ...means }) => {
    if (boot === undefined) return failed('this system does not tell in which boot it is: nothing can be permitted')
    const rearmed = await rearmAfterReboot(stateDir, boot, by.id, means)
    if (rearmed.kind === 'rearmed') return done({ rearmed: true, reason: '' })
    // A halt stays, and a desk that trades needs nothing: neither keeps the system from starting.
    const isOrdinary = ['nothing-to-do', 'halted', 'not-halted'].includes(rearmed.code)
    return isOrdinary ? done({ rearmed: false, reason: rearmed.message }) : failed(rearmed.message)
  },
  happened: ({ stateDir, boot }) =>
    readStanding(stateDir, boot).state === 'HALTED' ? undefined : { rearmed: false, reason: 'the desk is not halted' },
}
