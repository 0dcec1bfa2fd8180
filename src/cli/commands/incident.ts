/** `desk incident list|show|close`: what went wrong and is not finished. An incident closes with its written review, never without. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command, Context } from '../command.ts'
import { whatIsLeft } from '../incident/review.ts'
import { changeTicket, incidentsOf, theOne } from '../incident/tickets.ts'
import { putOnRecord } from '../noted.ts'
import { printJson } from '../output/print.ts'
import { table, wrap } from '../render/layout.ts'
import { openSession, type Session } from '../walking/session.ts'
import { putArtefact } from '../../audit/artefact.ts'
import { newId } from '../../audit/id.ts'
import { textRedactor } from '../../audit/redact.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'

export const list: Command<object> = async (_, context) => {
  const incidents = await incidentsOf(openSession(context))
  const { io, globals } = context
  if (globals.json) printJson(io, 'incident-list', { schema: 1, incidents })
  else if (incidents.length === 0) io.out('no incident\n')
  else
    for (const line of table(
      incidents.map((i) => [i.id, i.status, i.openedAt, visible(i.title)]),
      io.columns,
    ))
      io.out(`${line}\n`)
  return exitCodes.ok
}

export const show: Command<{ readonly incident: string }> = async ({ incident: id }, context) => {
  const incident = theOne(await incidentsOf(openSession(context)), id)
  const { io, globals } = context
  if (globals.json) printJson(io, 'incident-show', { schema: 1, incident })
  else {
    const { title, status, openedAt, assignee, rootCause, causeClass, fixVerifiedIn, artifact } = incident
    io.out(`${id}  ${status}  opened ${openedAt}\n`)
    for (const line of wrap(visible(title), io.columns, '  ')) io.out(`${line}\n`)
    io.out(
      `  commander        ${visible(assignee ?? `nobody: desk incident assign ${id} <person>`)}\n  root cause       ${visible(rootCause ?? 'not written down: desk tree post-incident')}\n  class            ${visible(causeClass ?? 'not written down')}\n  fix verified in  ${visible(fixVerifiedIn ?? 'nowhere yet')}\n  review           ${artifact ?? `none: desk incident close ${id} --artifact <file>`}\n`,
    )
  }
  return exitCodes.ok
}

export const close: Command<{ readonly incident: string; readonly artifact?: string }> = async (
  { incident: id, artifact },
  context,
) => {
  const session = openSession(context)
  const incident = theOne(await incidentsOf(session), id)
  const refuse = (message: string, hint: string): DeskError =>
    new DeskError('artifact-before-close', exitCodes.refused, message, hint)
  if (incident.rootCause === undefined || incident.fixVerifiedIn === undefined)
    throw refuse(`${id} has no documented root cause and verified fix`, 'desk tree post-incident')
  if (artifact === undefined)
    throw refuse(`${id} closes with its written review only`, `desk incident close ${id} --artifact <file>`)
  const text = readReview(resolve(context.deps.cwd, artifact))
  const left = whatIsLeft(text)
  if (left !== undefined) throw refuse(`${visible(artifact)} is no review: ${left}`, `desk incident postmortem ${id}`)
  const sha256 = await closeWith(session, context, id, text)
  const { io, globals } = context
  if (globals.json) printJson(io, 'incident-close', { schema: 1, incident: { id, status: 'closed', artifact: sha256 } })
  else io.out(`${id}  closed with ${sha256}\n`)
  return exitCodes.ok
}

/** The review lies beside the log, and who closed the incident with it is in the log, before it is closed. */
async function closeWith(session: Session, context: Context, incident: string, text: string): Promise<string> {
  const { desk } = session
  const id = newId('note', context.deps.now, context.deps.random)
  const review = textRedactor(desk.config.secrets)(text)
  const artifact = putArtefact(desk.stateDir, Buffer.from(review), id)
  const noted = {
    ...{ id, event: 'incident.closed', title: `${incident} closed` },
    data: { kind: 'incident', incident, artifact },
  }
  const args = { ticket: incident, artifact }
  const key = `close-${incident}-${artifact}`
  await putOnRecord(session, context, noted, () =>
    changeTicket(session, { method: 'close', args, key, done: 'closed' }),
  )
  return artifact
}

function readReview(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new DeskError(
      'no-review',
      exitCodes.usage,
      error instanceof Error ? error.message : String(error),
      '--artifact <file>',
    )
  }
}
