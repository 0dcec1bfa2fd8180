/** Adapters that misbehave, and calls to them. */
import type { Adapter, Call, Effected, Reading, Settlement } from '../../src/ports/adapter.ts'
import { catalogue } from '../../src/ports/catalogue.ts'

export const asOf = '2026-11-20T14:00:00.000Z'
/** The desk's clock, at that moment. */
export const now = (): Date => new Date(asOf)
export const valueOf = (value: unknown): Reading => ({ kind: 'value', value, asOf, source: 'test', complete: true })
export const doneWith = (value: unknown): Effected => ({ kind: 'done', value, asOf, source: 'test' })

export const callOf = (name: string, args: Record<string, unknown> = {}): Call & { readonly key: string } => {
  const [port = '', method = ''] = name.split('.')
  return { port, method, args, timeoutMs: 5000, signal: new AbortController().signal, key: `key of ${name}` }
}

/** Serves everything; each kind of call answers whatever the function does, nonsense included. */
export function adapterWith(answers: {
  readonly read?: (call: Call) => unknown
  readonly act?: (call: Call) => unknown
  readonly lookup?: (call: Call) => unknown
}): Adapter {
  const nobody = (): never => {
    throw new Error('not expected here')
  }
  return {
    name: 'test',
    has: new Set(catalogue.keys()),
    read: async (call) => (await (answers.read ?? nobody)(call)) as Reading,
    act: async (call) => (await (answers.act ?? nobody)(call)) as Effected,
    lookup: async (call) => (await (answers.lookup ?? nobody)(call)) as Settlement,
  }
}

export const hanging = (): Promise<never> => new Promise(() => undefined)
