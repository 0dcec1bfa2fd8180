import { hintOn } from '../disk/hint.ts'
import { DeskError, exitCodes } from '../model/failure.ts'

/** The log cannot be written, so nothing else may happen. Halting and cancelling go on regardless. */
export class AuditUnwritable extends DeskError {
  constructor(
    /** The system's word for it: ENOSPC, EROFS, EACCES, EIO. */
    readonly errno: string,
    readonly path: string,
    detail: string,
  ) {
    super(
      'audit-unwritable',
      exitCodes.auditUnwritable,
      `the audit log cannot be written: ${path}: ${detail}`,
      hintOn(errno),
    )
  }
}

/** Somebody has taken the run over; this process must do nothing more. */
export class Fenced extends DeskError {
  constructor(readonly segment: string) {
    super('fenced', exitCodes.locked, `this run was taken over by another process (${segment} has a successor)`)
  }
}

/** Two processes took the same run up at the same moment, and the other one was first. */
export class RunTaken extends DeskError {
  constructor(readonly segment: string) {
    super('run-taken', exitCodes.locked, `another process has just taken this run up (${segment})`)
  }
}

/** A journal that shows damage or tampering is not continued: nobody can tell what happened. */
export class SegmentBroken extends DeskError {
  constructor(
    readonly segment: string,
    readonly seq: number,
    detail: string,
  ) {
    super('segment-broken', exitCodes.undetermined, `${segment}, record ${String(seq)}: ${detail}`, 'desk audit verify')
  }
}

const errnoOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error
    ? error.code
    : undefined

export const isErrno = (error: unknown, code: string): boolean => errnoOf(error) === code

/** Runs what writes to `path`; failures of the system become AuditUnwritable, everything else passes through. */
export function writing<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === undefined || !(error instanceof Error)) throw error
    throw new AuditUnwritable(errno, path, error.message)
  }
}
