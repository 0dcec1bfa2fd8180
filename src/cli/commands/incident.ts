/** `desk incident list|show|close`: what went wrong and is not finished. An incident closes with its written review, never without. */
import { resolve } from 'node:path'
import type { Command, Context } from '../command.ts'
import { missingCause } from '../incident/missing.ts'
import { whatIsLeft } from '../incident/review.ts'
import { changeTicket, incidentsOf, theOne } from '../incident/tickets.ts'
import { putOnRecord } from '../noted.ts'
import { sessionOf } from '../on-duty.ts'
import { printJson } from '../output/print.ts'
import { table, wrap } from '../render/layout.ts'
import { openSession, type Session } from '../walking/session.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { putArtefact } from '../../audit/artefact.ts'
import { newId } from '../../audit/id.ts'
import { textRedactor } from '../../audit/redact.ts'
import { readRegularFile } from '../../disk/read.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'
import { sha256 } from '../../model/sha256.ts'

/** Of a review: nobody writes more, and a device has no end. */
const mostBytes = 1 << 20

export const list: Command<object> = async (_, context) => {
  const incidents = await incidentsOf(openSession(context))
  const { io, globals } = context
  if (globals.json) printJson(io, 'incident-list', { schema: 1, incidents })
  else if (incidents.length === 0) io.out('no incident\n')
  else
    for (const line of table(
      incidents.map((i) => [visible(i.id), i.status, visible(i.openedAt), visible(i.title)]),
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
    io.out(`${visible(id)}  ${status}  opened ${visible(openedAt)}\n`)
    for (const line of wrap(visible(title), io.columns, '  ')) io.out(`${line}\n`)
    io.out(
      `  commander        ${visible(assignee ?? `nobody: desk incident assign ${id} <person>`)}\n  root cause       ${visible(rootCause ?? 'not written down: desk tree post-incident')}\n  class            ${visible(causeClass ?? 'not written down')}\n  fix verified in  ${visible(fixVerifiedIn ?? 'nowhere yet')}\n  review           ${visible(artifact ?? `none: desk incident close ${id} --artifact <file>`)}\n`,
    )
  }
  return exitCodes.ok
}

export interface CloseOptions {
  readonly incident: string
  readonly artifact?: string
  readonly sign?: string
}

export const close: Command<CloseOptions> = async ({ incident: id, artifact, sign }, context) => {
  const desk = whichDesk(context)
  const review = artifact === undefined ? undefined : reviewIn(artifact, desk, context)
  const about = { incident: id, ...(review === undefined ? {} : { artifact: sha256(review) }) }
  const session = await sessionOf(desk, context, { act: 'close', about, sign })
  const incident = theOne(await incidentsOf(session), id)
  if (incident.status === 'closed')
    throw new DeskError('incident-closed', exitCodes.refused, `${id} is closed already`, `desk incident show ${id}`)
  if (missingCause(incident).length > 0)
    throw refused(`${id} has no documented root cause and verified fix`, 'desk tree post-incident')
  if (review === undefined)
    throw refused(`${id} closes with its written review only`, `desk incident close ${id} --artifact <file>`)
  const left = whatIsLeft(review.toString('utf8'))
  if (left !== undefined)
    throw refused(`${visible(artifact ?? '')} is no review: ${left}`, `desk incident postmortem ${id}`)
  const hash = await closeWith(session, context, id, review)
  const { io, globals } = context
  if (globals.json) printJson(io, 'incident-close', { schema: 1, incident: { id, status: 'closed', artifact: hash } })
  else io.out(`${id}  closed with ${hash}\n`)
  return exitCodes.ok
}

const refused = (message: string, hint: string): DeskError =>
  new DeskError('artifact-before-close', exitCodes.refused, message, hint)

/** The review lies beside the log, and who closed the incident with it is in the log, before it is closed. */
async function closeWith(session: Session, context: Context, incident: string, review: Uint8Array): Promise<string> {
  const id = newId('note', context.deps.now, context.deps.random)
  const artifact = putArtefact(session.desk.stateDir, review, id)
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

/** Without what nobody may read. */
const reviewIn = (artifact: string, desk: WhichDesk, { deps }: Context): Buffer =>
  Buffer.from(textRedactor(desk.config.secrets)(readReview(resolve(deps.cwd, artifact))))

function readReview(path: string): string {
  const unread = (why: string): DeskError => new DeskError('no-review', exitCodes.usage, why, '--artifact <file>')
  try {
    const bytes = readRegularFile(path)
    if (bytes.length <= mostBytes) return bytes.toString('utf8')
  } catch (error) {
    throw unread(error instanceof Error ? error.message : String(error))
  }
  throw unread(`${path} is larger than ${String(mostBytes)} bytes`)
}
