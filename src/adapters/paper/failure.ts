/** The paper desk cannot answer: what a counterparty or a disk would do. Readings and effects carry the reason. */
import { DeskError, exitCodes } from '../../model/failure.ts'

export class PaperFailure extends DeskError {
  constructor(
    code: 'paper-corrupt' | 'paper-unreachable' | 'paper-locked' | 'paper-disk' | 'paper-refused' | 'paper-git',
    message: string,
    /** Nobody answered, as against an answer that says no. */
    readonly unreachable = false,
    /** An effect may have taken place all the same. */
    readonly uncertain = false,
  ) {
    super(code, unreachable ? exitCodes.unreachable : exitCodes.undetermined, message)
  }
}

/** For requests that the counterparty turns down, with nothing changed. */
export const refuse = (reason: string): never => {
  throw new PaperFailure('paper-refused', reason)
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
export const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
