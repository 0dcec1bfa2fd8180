/** What a client may take of this process. Engaging is excepted from rate and number; a slow or long body delays it by `killBodyMs` at most. */
export interface Limits {
  /** Of any body but that of a halt. */
  readonly bodyBytes: number
  readonly killBodyBytes: number
  /** How long a halt waits for its scope before it halts everything. */
  readonly killBodyMs: number
  readonly headerBytes: number
  /** Until the headers, and until the whole request have come. */
  readonly headersMs: number
  readonly requestMs: number
  /** A connection on which nothing moves, idle between two requests, or still waiting for an answer. */
  readonly keepAliveMs: number
  readonly inactiveMs: number
  readonly connections: number
  /** Requests of one peer: so many at once, and so many a second in the long run. */
  readonly burst: number
  readonly perSecond: number
  /** How long requests under way may take once the process was told to end. Halts are always brought to their end. */
  readonly graceMs: number
}

export const limits: Limits = {
  bodyBytes: 16 * 1024,
  killBodyBytes: 1024 * 1024,
  killBodyMs: 1000,
  headerBytes: 16 * 1024,
  headersMs: 5000,
  requestMs: 10_000,
  keepAliveMs: 5000,
  inactiveMs: 60_000,
  connections: 256,
  burst: 60,
  perSecond: 20,
  graceMs: 5000,
}
