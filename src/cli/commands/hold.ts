/** `desk hold list`: what rules keep from trading, since when, and what lifts it. */
import { askedDesk, demandConfig } from '../asked-desk.ts'
import type { Command } from '../command.ts'
import { printJson } from '../output/print.ts'
import { cut, shown } from '../render/layout.ts'
import { moment } from '../render/moment.ts'
import { readTrading, type StandingHold } from '../../killswitch/trading.ts'
import { exitCodes } from '../../model/failure.ts'

/** Reads the permit directory and the log; 2 where it cannot be told who holds. */
export const list: Command<object> = (_, { deps, globals, io }) => {
  const desk = askedDesk({ deps, globals })
  demandConfig({ deps, globals })
  const { holds, unknown } = readTrading(desk.stateDir, deps.now().getTime())
  if (globals.json) {
    const told = holds.map((hold) => ({ ...hold, lifts: liftOf(hold) }))
    printJson(io, 'hold-list', { schema: 1, holds: told, ...(unknown === undefined ? {} : { unknown }) })
  } else {
    if (holds.length === 0) io.out(unknown === undefined ? 'nothing is held\n' : '')
    for (const hold of holds) {
      const { scope, kind, rule, since, reason } = hold
      const when = since === '' ? '' : `, since ${moment(since)}`
      io.out(`${scope === 'all' ? 'desk' : scope}  ${kind}, by ${rule}${when}\n`)
      io.out(`${cut(`  ${shown(reason)}`, io.columns)}\n  lifted by the pass of: ${liftOf(hold)}\n`)
    }
  }
  if (unknown !== undefined) io.err(`desk hold: ${unknown}\n`)
  return Promise.resolve(unknown === undefined ? exitCodes.ok : exitCodes.undetermined)
}

/** Rules are gates (`gates/<set>/<gate>`), monitors likewise, trees (`tree/<id>`), incident classes and runbooks (`<id>`). */
function liftOf({ rule }: StandingHold): string {
  const [kind = '', id = '', gate] = rule.split('/')
  if (kind === 'gates') return gate === undefined ? `desk gates ${id}` : `desk gates ${id} --only ${gate}`
  if (kind === 'monitors') return `desk monitor check ${id}`
  if (kind === 'incident') return `desk incident open ${id}`
  return kind === 'tree' ? `desk tree ${id}` : `desk runbook ${kind}`
}
