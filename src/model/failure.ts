/** A broken world or a refusal, with the exit code and the next step. Bugs are plain errors; these are not bugs. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  undetermined: 2,
  waiting: 3,
  refused: 4,
  usage: 64,
  invalidDocument: 65,
  unreachable: 69,
  bug: 70,
  auditUnwritable: 73,
  locked: 75,
  notAuthorised: 77,
  invalidConfiguration: 78,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Several at once: the worst wins, in this order. What no list of results can hold otherwise stands beside what it resembles. */
const order: readonly ExitCode[] = [0, 130, 129, 143, 3, 75, 69, 2, 1, 64, 65, 77, 78, 4, 70, 73]
export const worstExit = (codes: readonly ExitCode[]): ExitCode =>
  codes.reduce<ExitCode>((a, b) => (order.indexOf(b) > order.indexOf(a) ? b : a), 0)

export class DeskError extends Error {
  override readonly name = 'DeskError'
  constructor(
    /** Stable, for scripts: `unknown-id`, `permit-overtaken`. */
    readonly code: string,
    readonly exit: ExitCode,
    message: string,
    /** The next step, as a person would type or do it. */
    readonly hint?: string,
  ) {
    super(message)
  }
}
