/** Puts on record what somebody wanted to count as an answer, and why it does not. */
import { newId } from '../../audit/id.ts'
import { openSegment } from '../../audit/segment.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Session } from './session.ts'

export interface RefusedAnswer {
  /** Absent where none was opened yet. */
  readonly run?: string
  /** The question or step, as it was named. */
  readonly id?: string
  readonly code: string
  readonly reason: string
  /** What should have been signed, and what was offered as a signature over it. */
  readonly statement?: string
  readonly signature?: string
}

/** Durable when it returns. Throws AuditUnwritable. */
export function recordRefused({ desk, means, person }: Session, refused: RefusedAnswer): void {
  const { now, random, ...envelope } = means
  openSegment({
    ...{ stateDir: desk.stateDir, run: newId('note', now, random), k: 0, now },
    header: { event: 'answer.refused', level: 'warn', data: { ...refused, by: person } },
    envelope: { ...envelope, actor: person.id },
    summary: { title: `refused what was given as an answer${refused.run === undefined ? '' : ` of ${refused.run}`}` },
  }).close({ outcome: 'refused' })
}

/** Answers what `take` answers. What it refuses because nobody proved it is on record first. */
export function recordingRefusals<T>(session: Session, run: string | undefined, take: () => T): T {
  try {
    return take()
  } catch (error) {
    if (error instanceof DeskError && error.exit === exitCodes.notAuthorised) {
      const about = error instanceof UnprovedAnswer ? error.about : {}
      recordRefused(session, {
        ...(run === undefined ? {} : { run }),
        ...about,
        code: error.code,
        reason: error.message,
      })
    }
    throw error
  }
}

/** An answer whose signature does not prove it: 77. */
export class UnprovedAnswer extends DeskError {
  constructor(
    code: string,
    message: string,
    hint: string,
    readonly about: Pick<RefusedAnswer, 'id' | 'statement' | 'signature'>,
  ) {
    super(code, exitCodes.notAuthorised, message, hint)
  }
}
