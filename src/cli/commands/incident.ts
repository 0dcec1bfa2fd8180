/** `desk incident list|show|close`: what went wrong and is not finished. An incident closes with its written review, never without. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import * as z from 'zod'
import type { Command, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { table, wrap } from '../render/layout.ts'
import { openSession, type Session } from '../walking/session.ts'
import { putArtefact } from '../../audit/artefact.ts'
import { newId } from '../../audit/id.ts'
import { textRedactor } from '../../audit/redact.ts'
import { openSegment } from '../../audit/segment.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'
import { suggestion } from '../../source/suggest.ts'

/** What an adapter tells beyond this is left out. */
const ticket = z.object({
  id: z.string(),
  kind: z.string().optional(),
  title: z.string(),
  status: z.enum(['open', 'closed']),
  openedAt: z.string(),
  rootCause: z.string().optional(),
  causeClass: z.string().optional(),
  fixVerifiedIn: z.string().optional(),
  artifact: z.string().optional(),
})
const found = z.looseObject({ tickets: z.array(ticket) })
export type Incident = z.infer<typeof ticket>
const timeoutMs = 10_000
/** A review of fewer words was not written for anybody to read. */
const fewestWords = 20

/** Throws DeskError 69 where the tickets cannot be read: no answer is never "none". */
export async function incidentsOf({ adapter }: Pick<Session, 'adapter'>): Promise<readonly Incident[]> {
  const reading = await adapter.read({
    port: 'tickets',
    method: 'find',
    args: { kind: 'incident' },
    timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (reading.kind === 'failure')
    throw new DeskError(
      'no-tickets',
      exitCodes.unreachable,
      `the incidents cannot be read: ${reading.reason}`,
      'try again',
    )
  return found.parse(reading.value).tickets
}

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
    const { title, status, openedAt, rootCause, causeClass, fixVerifiedIn, artifact } = incident
    io.out(`${id}  ${status}  opened ${openedAt}\n`)
    for (const line of wrap(visible(title), io.columns, '  ')) io.out(`${line}\n`)
    io.out(
      `  root cause       ${visible(rootCause ?? 'not written down: desk tree post-incident')}\n  class            ${visible(causeClass ?? 'not written down')}\n  fix verified in  ${visible(fixVerifiedIn ?? 'nowhere yet')}\n  review           ${artifact ?? `none: desk incident close ${id} --artifact <file>`}\n`,
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
  if (text.split(/\s+/).filter((word) => word !== '').length < fewestWords)
    throw refuse(
      `${artifact} is no review: it has fewer than ${String(fewestWords)} words`,
      'write what happened, why, and what changes',
    )
  const sha256 = record(session, context, id, text)
  const closed = await session.adapter.act({
    port: 'tickets',
    method: 'close',
    args: { ticket: id, artifact: sha256 },
    timeoutMs,
    signal: AbortSignal.timeout(timeoutMs),
    key: `close-${id}-${sha256}`,
  })
  if (closed.kind !== 'done')
    throw new DeskError(
      'not-closed',
      exitCodes.undetermined,
      `${id} was not closed: ${closed.reason}`,
      `desk incident show ${id}`,
    )
  const { io, globals } = context
  if (globals.json) printJson(io, 'incident-close', { schema: 1, incident: { id, status: 'closed', artifact: sha256 } })
  else io.out(`${id}  closed with ${sha256}\n`)
  return exitCodes.ok
}

/** The review lies beside the log, and who closed the incident with it is in the log, before it is closed. */
function record(session: Session, { deps }: Context, incident: string, text: string): string {
  const { desk, person, means, walkDesk } = session
  const run = newId('note', deps.now, deps.random)
  const review = textRedactor(desk.config.secrets)(text)
  const sha256 = putArtefact(desk.stateDir, Buffer.from(review), run)
  const writer = openSegment({
    stateDir: desk.stateDir,
    run,
    k: 0,
    header: { event: 'incident.closed', data: { kind: 'incident', incident, artifact: sha256 } },
    envelope: { ...walkDesk.envelope, actor: person.id, traceId: means.traceId },
    summary: { title: `${incident} closed` },
    now: deps.now,
  })
  writer.close({ outcome: 'ok' })
  return sha256
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

function theOne(incidents: readonly Incident[], id: string): Incident {
  const one = incidents.find((i) => i.id === id)
  if (one !== undefined) return one
  const ids = incidents.map((i) => i.id)
  throw new DeskError(
    'unknown-id',
    exitCodes.usage,
    `no incident "${visible(id)}"`,
    suggestion(id, ids) ?? 'desk incident list',
  )
}
