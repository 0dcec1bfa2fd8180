/** What a reboot took out of force is taken up again, where people permitted it before and nobody halted since. */
import { isSamePerson } from '../../killswitch/person.ts'
import { type Refusal, refuse } from '../../killswitch/refusal.ts'
import { rearmAfterReboot } from '../../killswitch/startup.ts'
import { readStanding } from '../../killswitch/standing.ts'
import { type DeskEffect, done, failed, type World } from './effect.ts'

export const rearm: DeskEffect = {
  holdsOn: true,
  perform: async (world) => {
    const { stateDir, boot, by } = world
    if (boot === undefined) return failed('this system does not tell in which boot it is: nothing can be permitted')
    const rearmed = await rearmAfterReboot(stateDir, boot, by.id, world, whyNot(world))
    if (rearmed.kind === 'rearmed') return done({ rearmed: true, reason: '' })
    // A halt stays, and a desk that trades needs nothing: neither keeps the system from starting.
    const isOrdinary = ['nothing-to-do', 'halted', 'not-halted'].includes(rearmed.code)
    return isOrdinary ? done({ rearmed: false, reason: rearmed.message }) : failed(rearmed.message)
  },
  happened: ({ stateDir, boot }) =>
    readStanding(stateDir, boot).state === 'HALTED' ? undefined : { rearmed: false, reason: 'the desk is not halted' },
}

/** A start may be anybody's; trading again after it is not. */
const whyNot = ({ profile, by, config }: World): Refusal | undefined =>
  profile === 'paper' || config.operators.some(({ id }) => isSamePerson(id, by.id))
    ? undefined
    : refuse(
        'unknown-operator',
        `${by.id} is no operator of this desk, so what was permitted before stays out of force`,
      )
