/** An expression that cannot tell. The caller must never take that for false: it is neither a pass nor a fail. */
export type UndeterminedReason =
  /** A value that it reads is not there. */
  | 'missing'
  /** NaN, an infinity, or an integer that a number cannot hold. */
  | 'not-exact'
  /** A value is not what its schema says. */
  | 'wrong-type'
  /** The evaluation itself failed: a division by zero, an index beyond the end, text that is no decimal. */
  | 'failed'

export class Undetermined extends Error {
  override readonly name = 'Undetermined'
  readonly reason: UndeterminedReason

  constructor(reason: UndeterminedReason, message: string) {
    super(message)
    this.reason = reason
  }
}
