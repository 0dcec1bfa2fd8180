/** What people say beside any run goes on record in a segment of its own, before anything is changed by it. */
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

/**
 * Puts it on record, does it, and puts on record what came of it. Answers the id of the segment, which also names the change. Throws
 * AuditUnwritable before anything is done, and whatever `act` throws after that is on record.
 */
export async function putOnRecord(
  { desk, person, means, walkDesk }: Pick<Session, 'desk' | 'person' | 'means' | 'walkDesk'>,
  { deps }: Pick<Context, 'deps'>,
  { event, data, title, id = newId('note', deps.now, deps.random) }: Noted,
  act: (id: string) => Promise<void>,
): Promise<string> {
  const writer = openSegment({
    ...{ stateDir: desk.stateDir, run: id, k: 0, now: deps.now },
    header: { event, data },
    envelope: { ...walkDesk.envelope, actor: person.id, traceId: means.traceId },
    summary: { title },
  })
  try {
    await act(id)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    writer.append({ event: `${event}.result`, level: 'warn', result: 'failed', data: { reason } })
    writer.close({ outcome: 'failed' })
    throw error
  }
  writer.append({ event: `${event}.result`, result: 'ok' })
  writer.close({ outcome: 'ok' })
  return id
}
