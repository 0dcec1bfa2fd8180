/** With DESK_DEBUG: every call to an adapter, how long it took and what kind of answer came, as JSON lines on stderr. Never arguments. */
import pino from 'pino'
import type { Adapter, Call } from '../ports/adapter.ts'

export function withDiagnostics(adapter: Adapter, nowMs: () => number): Adapter {
  // Synchronous: what a process said last is what one wants to know when it died.
  const log = pino({ name: 'desk', level: 'debug' }, pino.destination({ dest: 2, sync: true }))
  const timed = async <T extends { readonly kind: string }>(
    verb: string,
    call: Call,
    answer: Promise<T>,
  ): Promise<T> => {
    const startMs = nowMs()
    const given = await answer
    log.debug({ verb, method: `${call.port}.${call.method}`, ms: Math.round(nowMs() - startMs), answer: given.kind })
    return given
  }
  return {
    name: adapter.name,
    has: adapter.has,
    read: (call) => timed('read', call, adapter.read(call)),
    act: (call) => timed('act', call, adapter.act(call)),
    lookup: (call) => timed('lookup', call, adapter.lookup(call)),
  }
}
