/** What a server works with. */
import type { Limits } from './limits.ts'
import type { ServeLog } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Tokens } from './tokens.ts'
import type { Context } from '../command.ts'

export interface Served {
  /** Its output goes to the log; nobody is at a keyboard. */
  readonly context: Context
  readonly desk: { readonly profile: 'paper' | 'live'; readonly name: string }
  readonly tokens: Tokens
  /** Names in Host headers, beside addresses and localhost. */
  readonly hosts: readonly string[]
  readonly limits: Limits
  readonly log: ServeLog
  readonly metrics: Metrics
  /** Monotonic. */
  readonly nowMs: () => number
}
