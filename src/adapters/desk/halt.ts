/** Halting from a procedure: the same halt as anybody's, first in force and then on record. It asks nothing. */
import { haltId } from '../../killswitch/decide.ts'
import { engage, haltDisk } from '../../killswitch/engage.ts'
import { recordHalt } from '../../killswitch/halt-record.ts'
import { nameScope, parseScope, type Scope } from '../../killswitch/scope.ts'
import { readTrading } from '../../killswitch/trading.ts'
import { type Args, type DeskEffect, done, failed, type Outcome, type World } from './effect.ts'

const textOf = (args: Args, name: string): string => {
  const value = args[name]
  return typeof value === 'string' ? value : ''
}

/** A scope that cannot be understood is the whole desk: in doubt, halt. */
function scopeIn(args: Args): { readonly scope: Scope; readonly remark?: string } {
  const text = textOf(args, 'scope')
  const scope = parseScope(text)
  return scope === undefined
    ? { scope: { kind: 'all' }, remark: `scope ${JSON.stringify(text)} is not known: everything is halted` }
    : { scope }
}

export const halt: DeskEffect = {
  holdsOn: true,
  perform: (world, args) => performHalt(world, args),
  happened: (world, args) => {
    const { scope } = scopeIn(args)
    const { trading, halts } = readTrading(world.stateDir, world.now().getTime(), world.boot)
    const standing = halts.filter((each) => each.scope === nameScope(scope)).at(-1)
    if (standing === undefined || (scope.kind === 'all' && trading.state !== 'HALTED')) return undefined
    return { epoch: standing.id, at: standing.since, already: true }
  },
}

function performHalt(world: World, args: Args): Outcome {
  const { stateDir, profile, deskName, by, now, boot } = world
  const { scope, remark } = scopeIn(args)
  const reason = textOf(args, 'reason')
  const id = haltId(world)
  const at = now().toISOString()
  const mark = JSON.stringify({ by: by.id, reason, since: at })
  const engaged = engage({ profile, name: deskName, stateDir }, { scope, id, note: mark }, haltDisk, boot)
  const record = recordHalt(engaged, { id, by: by.id, reason }, world)
  record.close()
  if (!engaged.halted) {
    const why = engaged.troubles.map(({ path, errno }) => `${errno} ${path}`).join('; ')
    return failed(`STILL NOT HALTED: ${why}`)
  }
  const problem = record.problem()
  const remarks = [
    remark,
    problem === undefined ? undefined : `halted, but not on record: ${problem}`,
    engaged.widened ? 'the whole desk, because less could not be marked' : undefined,
  ].filter((each) => each !== undefined)
  const value = { epoch: record.id, at, already: engaged.already }
  return done(value, remarks.length === 0 ? undefined : remarks.join('; '))
}
