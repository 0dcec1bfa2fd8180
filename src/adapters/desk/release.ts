/** Asking for a release. It permits nothing: a second person approves it, after looking at the evidence again. */
import * as z from 'zod'
import { releaseStatus, requestRelease } from '../../killswitch/release.ts'
import type { Request } from '../../killswitch/terms.ts'
import { type Decider, decidingAs } from '../../killswitch/roster.ts'
import { once } from '../../model/once.ts'
import { type DeskEffect, done, failed, type World } from './effect.ts'

const releaseArgs = once(() => z.object({ reason: z.string() }))
const deciderIn = ({ decider, profile, by, deskName }: World): Decider | undefined =>
  decider?.() ?? (profile === 'paper' ? decidingAs(by, deskName) : undefined)
const resultOf = ({ id, terms }: Request) => ({ request: id, expires: terms.expires })

export const release: DeskEffect = {
  plan: ({ now }) => ({ askedAt: now().toISOString() }),
  perform: async (world, args) => {
    const { reason } = releaseArgs().parse(args)
    const { stateDir, boot, config } = world
    if (boot === undefined) return failed('this system does not tell in which boot it is: nothing can be permitted')
    const by = deciderIn(world)
    if (by === undefined) return failed('it cannot be told who asks for the release')
    const { venues, desk } = config
    const order = { scope: { kind: 'all' }, by, reason, venues, models: [desk.model] } as const
    const asked = await requestRelease(stateDir, boot, order, world)
    return asked.kind === 'requested' ? done(resultOf(asked.request)) : failed(asked.message)
  },
  happened: (world, args, plan) => {
    const { reason } = releaseArgs().parse(args)
    const { stateDir, boot, by } = world
    const askedAt = typeof plan['askedAt'] === 'string' ? Date.parse(plan['askedAt']) : Number.NaN
    if (boot === undefined) return undefined
    const own = releaseStatus(stateDir, boot, world).requests.find(
      ({ terms }) => terms.requester === by.id && terms.reason === reason && Date.parse(terms.requestedAt) >= askedAt,
    )
    return own === undefined ? undefined : resultOf(own)
  },
}
