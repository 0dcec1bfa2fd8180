/** `desk gates attest <id> --reason T`: what no machine can know, stated by a person of the gate's role. */
import type { Command } from '../command.ts'
import { runCadence } from './gates.ts'
import { openDesk } from '../permission.ts'
import { decisionStatement, recogniseDecider, recordSignature } from '../second-person.ts'
import { findGate } from '../walking/find-gate.ts'
import { dueOf } from '../walking/gate-windows.ts'
import { procedureOf } from '../walking/procedure.ts'
import { holdsRole } from '../walking/session.ts'
import { whichDesk } from '../which-desk.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'

export interface AttestOptions {
  readonly id: string
  readonly reason?: string
  readonly sign?: string
}

export const run: Command<AttestOptions> = async ({ id, reason, sign }, context) => {
  const desk = whichDesk(context)
  const { set, node } = await findGate(id, desk, context)
  if (node.kind !== 'attest')
    throw new DeskError('no-attest', exitCodes.usage, `${node.id} is judged by desk itself`, `desk gates ${set}`)
  if (reason === undefined || reason.trim() === '')
    throw new DeskError('no-reason', exitCodes.usage, `${node.id} asks: ${node.title}`, '--reason "what you state"')
  const { means } = openDesk(context, desk)
  const statement = decisionStatement('attest', desk, context, { gate: `${set}#${node.id}`, reason })
  const found = await recogniseDecider(desk, context, statement, sign)
  const { person } = found
  if (!holdsRole(desk, person, node.role))
    throw new DeskError(
      'wrong-role',
      exitCodes.notAuthorised,
      `${person.id} is no ${node.role}`,
      `somebody with the role ${node.role} attests`,
    )
  const { open, earlier } = dueOf(
    await procedureOf('gates', set, desk, context),
    desk.stateDir,
    context.deps.now().getTime(),
  )
  if (!open.includes(node.id) && earlier.get(node.id)?.status !== 'pass')
    throw new DeskError('not-due', exitCodes.refused, `${node.id} is not due now`, `desk gates ${set} says when`)
  recordSignature(desk.stateDir, means, statement, found)
  return runCadence(set, { only: node.id, stated: { id: node.id, answer: reason, by: person } }, desk, context)
}
