/** Calls from one adapter to the others, on behalf of a call of its own. */
import type * as z from 'zod'
import type { Adapter, Call } from '../ports/adapter.ts'

interface Definition<R extends z.ZodObject> {
  readonly port: string
  readonly name: string
  readonly result: R
}
export type Got<T> =
  | { readonly kind: 'value'; readonly value: T; readonly asOf: string }
  | { readonly kind: 'failure'; readonly reason: string; readonly unreachable: boolean }

/** Reads with the caller's time and signal. A reason names whom it was asked of. */
export async function ask<R extends z.ZodObject>(
  inner: Adapter,
  { port, name, result }: Definition<R>,
  args: Readonly<Record<string, unknown>>,
  { timeoutMs, signal }: Pick<Call, 'timeoutMs' | 'signal'>,
): Promise<Got<z.infer<R>>> {
  const reading = await inner.read({ port, method: name, args, timeoutMs, signal })
  const of = typeof args['venue'] === 'string' ? ` of ${args['venue']}` : ''
  if (reading.kind === 'failure') return { ...reading, reason: `${port}.${name}${of}: ${reading.reason}` }
  const parsed = result.safeParse(reading.value)
  if (parsed.success) return { kind: 'value', value: parsed.data, asOf: reading.asOf }
  return { kind: 'failure', reason: `${port}.${name}${of} has the wrong shape`, unreachable: false }
}

/** The failures of several answers as one; undefined where all are values. */
export function joinFailures(all: readonly Got<unknown>[]): Extract<Got<never>, { kind: 'failure' }> | undefined {
  const failures = all.flatMap((got) => (got.kind === 'failure' ? [got] : []))
  if (failures.length === 0) return undefined
  const reason = [...new Set(failures.map((got) => got.reason))].join('; ')
  return { kind: 'failure', reason, unreachable: failures.every((got) => got.unreachable) }
}
