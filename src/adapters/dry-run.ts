/** The world of a dry run: it can be looked at, unless offline, and nothing in it can be changed. */
import type { Adapter } from '../ports/adapter.ts'
import { failure } from './answer.ts'

/** A call to `act` is a bug of the caller and throws: a dry run that had an effect must not look like one that had none. */
export function dryRun(adapter: Adapter, { offline }: { readonly offline: boolean }): Adapter {
  return {
    name: `${adapter.name} (dry run)`,
    has: adapter.has,
    read: (call) => (offline ? Promise.resolve(failure('offline', `${call.port}.${call.method}`)) : adapter.read(call)),
    act: (call) => {
      throw new Error(`a dry run was about to call ${call.port}.${call.method}`)
    },
    lookup: () => Promise.resolve({ kind: 'cannot-tell', reason: 'a dry run does nothing that could be looked up' }),
  }
}
