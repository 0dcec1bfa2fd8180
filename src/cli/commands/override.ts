/** `desk run override`: a second person lets a run go on past a step at which it waits, and walks it on. */
import type { Command } from '../command.ts'
import { recordDeaths } from '../deaths.ts'
import { loadLibrary } from '../library.ts'
import { decisionStatement, recogniseDecider, recordSignature, refuseUnknownOthers } from '../second-person.ts'
import { openSession } from '../walking/session.ts'
import { compilePinned } from '../walking/taking-up.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { checkOverride, recordOverride, walkersOf } from '../../walk/override.ts'
import { pinnedTexts, readJournal } from '../../walk/read-run.ts'
import { resumeOne } from './run.ts'

interface OverrideOptions {
  readonly run: string
  readonly step?: string
  readonly reason?: string
  readonly sign?: string
}

export const run: Command<OverrideOptions> = async (options, context) => {
  const { run: id, step, reason, sign } = options
  if (step === undefined || reason === undefined || reason.trim() === '')
    throw new DeskError(
      'no-reason',
      exitCodes.usage,
      'an override says which step, and why',
      `desk run override ${id} --step <step> --reason "why it goes on without it"`,
    )
  const session = openSession(context)
  const recovered = recordDeaths(session.desk.stateDir, context)
  const { walkDesk, desk } = session
  const read = readJournal(walkDesk, id)
  const { opened, closed } = read.state
  if (opened === undefined || closed !== undefined)
    throw new DeskError('run-closed', exitCodes.usage, `${id} has ended`, `desk run show ${id}`)
  const texts = pinnedTexts(walkDesk, opened.pinned.documents)
  const graphs = compilePinned(texts, await loadLibrary(desk, context))
  const { records } = read.state
  const statement = decisionStatement('override', desk, context, { run: id, records, step, reason })
  const found = await recogniseDecider(desk, context, statement, sign)
  const { person } = found
  const override = checkOverride({ run: id, step, by: person, reason }, read, graphs)
  refuseUnknownOthers(desk, [...walkersOf(read.journalled)], 'walked this run')
  return resumeOne(
    id,
    sign === undefined ? {} : { sign },
    { session: { ...session, person }, context, recovered },
    (ready) => {
      recordSignature(desk.stateDir, session.means, statement, found)
      recordOverride(ready, override, context.deps.now().toISOString())
    },
  )
}
