/** The person at this terminal, with everything their screens need. */
import type { Context } from '../command.ts'
import { terminalOf } from '../ask/terminal.ts'
import { styleOf } from '../render/style.ts'
import { peopleAtTerminal } from './screen-people.ts'
import type { Session } from './session.ts'
import { engage } from '../../killswitch/engage.ts'
import { bootId } from '../../killswitch/gate.ts'
import { recordHalt } from '../../killswitch/halt-record.ts'
import { readStanding } from '../../killswitch/standing.ts'
import { newId } from '../../audit/id.ts'
import type { People } from '../../walk/ports.ts'

export function interactivePeople(session: Session, { io, deps }: Context, others: Omit<People, 'meet'>): People {
  const { desk, person, means } = session
  return peopleAtTerminal({
    ...others,
    terminal: terminalOf(deps),
    person,
    out: io.out,
    look: () => ({
      desk: desk.name,
      standing: readStanding(desk.stateDir, bootId()),
      width: io.columns,
      style: styleOf(io),
    }),
    halt: () => {
      const account = { id: newId('halt', means.now, means.random), by: person.id, reason: 'K pressed at a question' }
      const engaged = engage(
        { profile: desk.profile, name: desk.name, stateDir: desk.stateDir },
        { scope: { kind: 'all' }, id: account.id, note: account.reason },
      )
      const record = recordHalt(engaged, account, means)
      record.close()
      const problem = record.problem()
      if (!engaged.halted)
        return `NOT HALTED ${desk.name}: ${engaged.troubles.map((t) => `${t.errno} ${t.path}`).join(', ')}. Type: rm -f ${desk.stateDir}/permit/trade@*`
      return `HALTED ${desk.name}. Orders at the venues are not cancelled yet: desk kill does that.${problem === undefined ? '' : ` Not on record: ${problem}`}`
    },
  })
}
