/** Holds of rules: placed on every scope that is named, lifted from every scope that the rule holds. */
import * as z from 'zod'
import { placeHold, liftHold as lift, unfinishedLifts } from '../../killswitch/hold.ts'
import { isCauseless, isMarked, knownMarks, type Mark } from '../../killswitch/mark.ts'
import { permitDir } from '../../killswitch/permit.ts'
import { nameScope, parseScope, type Scope } from '../../killswitch/scope.ts'
import { once } from '../../model/once.ts'
import { type DeskEffect, done, failed, type World } from './effect.ts'

const holdArgs = once(() =>
  z.object({
    rule: z.string(),
    scopes: z.array(z.string()),
    kind: z.enum(['no-new', 'reduce-only']),
    reason: z.string(),
  }),
)
const liftArgs = once(() => z.object({ rule: z.string() }))

export const hold: DeskEffect = {
  perform: (world, args) => {
    const { rule, scopes, kind, reason } = holdArgs().parse(args)
    if (scopes.length === 0) return failed('a hold needs a scope')
    const known = scopes.flatMap((text) => parseScope(text) ?? [])
    const held = known.map((scope) => placeHold(world.stateDir, world.boot, { scope, kind, rule, reason }, world))
    // What could be understood is held all the same.
    const unknown = scopes.filter((text) => parseScope(text) === undefined)
    if (unknown.length > 0) return failed(`no scope: ${unknown.map((text) => JSON.stringify(text)).join(', ')}`)
    const open = known.filter((_, index) => held[index]?.held !== true)
    if (open.length > 0) return failed(`still open: ${open.map(nameScope).join(', ')} (${troublesOf(held)})`)
    // Closed all the same, but no rule would find it to lift it again.
    const unmarked = known.filter((_, index) => held[index]?.marked !== true)
    if (unmarked.length > 0)
      return failed(`closed without a mark: ${unmarked.map(nameScope).join(', ')} (${troublesOf(held)})`)
    return done({ placed: known.length })
  },
  happened: (world, args) => {
    const { rule, scopes, kind } = holdArgs().parse(args)
    const stands = (text: string): boolean => {
      const scope = parseScope(text)
      return scope !== undefined && isMarked(permitDir(world.stateDir), scope, kind, { kind: 'rule', id: rule })
    }
    return scopes.length > 0 && scopes.every(stands) ? { placed: scopes.length } : undefined
  },
}

const troublesOf = (held: readonly { readonly troubles: readonly { readonly errno: string }[] }[]): string =>
  [...new Set(held.flatMap(({ troubles }) => troubles.map(({ errno }) => errno)))].join(', ')

export const liftHold: DeskEffect = {
  perform: async (world, args) => {
    const { rule } = liftArgs().parse(args)
    const { stateDir, boot } = world
    const scopes = [...scopesHeldBy(world, rule), ...unfinished(world, rule)]
    const causeless = scopesWithoutCause(world)
    // Closed by a hold that could not be marked, on a full disk for example: not ours to lift, and not to be called lifted either.
    if (scopes.length === 0 && causeless.length > 0)
      return failed(`still closed by a hold that names no cause: ${causeless.map(nameScope).join(', ')}`)
    if (scopes.length === 0) return done({ lifted: 0 })
    if (boot === undefined) return failed('this system does not tell in which boot it is: nothing can be permitted')
    const problems: string[] = []
    for (const scope of new Map(scopes.map((each) => [nameScope(each), each])).values()) {
      const lifted = await lift(stateDir, boot, { scope, rule, reason: 'the rule passed' }, world)
      if (lifted.kind === 'failed') problems.push(`${nameScope(scope)}: ${lifted.reason}`)
    }
    return problems.length === 0 ? done({ lifted: scopes.length }) : failed(problems.join('; '))
  },
  happened: (world, args) => {
    const { rule } = liftArgs().parse(args)
    const open = [...scopesHeldBy(world, rule), ...unfinished(world, rule), ...scopesWithoutCause(world)]
    return open.length === 0 ? { lifted: 0 } : undefined
  },
}

const unfinished = (world: World, rule: string): readonly Scope[] =>
  world.boot === undefined ? [] : unfinishedLifts(world.stateDir, world.boot, rule, world)

const scopesWithoutCause = ({ stateDir }: World): readonly Scope[] =>
  knownMarks(permitDir(stateDir)).flatMap((mark) => (isCauseless(mark) ? [mark.scope] : []))

/** Each scope once, of whichever kind its holds are. */
function scopesHeldBy({ stateDir }: World, rule: string): readonly Scope[] {
  const isOwn = ({ cause }: Mark): boolean => cause.kind === 'rule' && cause.id === rule
  const own = knownMarks(permitDir(stateDir)).filter(isOwn)
  return [...new Map(own.map(({ scope }) => [nameScope(scope), scope])).values()]
}
