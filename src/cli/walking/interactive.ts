/** The person at this terminal, with everything their screens need. */
import type { Context } from '../command.ts'
import { terminalOf } from '../ask/terminal.ts'
import { readKillWords } from '../fast/kill-words.ts'
import { styleOf } from '../render/style.ts'
import { peopleAtTerminal } from './screen-people.ts'
import type { Session } from './session.ts'
import { engage } from '../../killswitch/engage.ts'
import { bootId } from '../../killswitch/gate.ts'
import { readInForce } from '../../killswitch/standing.ts'
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
      standing: readInForce(desk.stateDir, bootId()),
      width: io.columns,
      style: styleOf(io),
    }),
    halt: async () => {
      const ref = { profile: desk.profile, name: desk.name, stateDir: desk.stateDir }
      const words = readKillWords(['kill', '--reason', 'K pressed at a question'])
      const id = newId('halt', means.now, means.random)
      const engaged = engage(ref, { scope: words.scope, id, note: words.reason ?? '' })
      io.out(`${engaged.halted ? 'HALTED' : 'NOT HALTED'} ${desk.name}\n`)
      // The rest is what `desk kill` does: cancels, record, verification.
      const { finishKill } = await import('../kill/finish.ts')
      const tell = (descriptor: 1 | 2, text: string): void => {
        if (descriptor === 1) io.out(text)
        else io.err(text)
      }
      await finishKill({ words, halted: [{ engaged, id }], problems: [], tell })
    },
  })
}
