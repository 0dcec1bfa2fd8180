/** What people say beside any run goes on record in a segment of its own, before anything is changed. */
import type { Context } from './command.ts'
import type { Session } from './walking/session.ts'
import { newId } from '../audit/id.ts'
import { openSegment } from '../audit/segment.ts'

export interface Noted {
  /** `incident.noted` and the like. */
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
  /** In a list of records. */
  readonly title: string
  /** From `newId('note', …)`, where it had to be known before. */
  readonly id?: string
}

/** Durable when it returns; answers the id of the segment. Throws AuditUnwritable: then nothing may be changed. */
export function putOnRecord(
  { desk, person, means, walkDesk }: Pick<Session, 'desk' | 'person' | 'means' | 'walkDesk'>,
  { deps }: Pick<Context, 'deps'>,
  { event, data, title, id = newId('note', deps.now, deps.random) }: Noted,
): string {
  const writer = openSegment({
    ...{ stateDir: desk.stateDir, run: id, k: 0, now: deps.now },
    header: { event, data },
    envelope: { ...walkDesk.envelope, actor: person.id, traceId: means.traceId },
    summary: { title },
  })
  writer.close({ outcome: 'ok' })
  return id
}
