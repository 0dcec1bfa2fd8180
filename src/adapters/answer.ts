/** How answers are put together, so that no adapter forgets a field. */
import type { Effected, Reading } from '../ports/adapter.ts'

export const failure = (
  reason: string,
  source: string,
  unreachable = false,
): Reading & { readonly kind: 'failure' } => ({
  kind: 'failure',
  reason,
  source,
  unreachable,
})
export const failed = (reason: string, source: string): Effected => ({ kind: 'failed', reason, source })
export const unknown = (reason: string, source: string): Effected => ({ kind: 'unknown', reason, source })

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
