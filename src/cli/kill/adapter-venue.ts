/** A venue behind an adapter, as the kill switch needs it. What the adapter answers is not believed before it is looked at. */
import type { OrderPage, VenueControl, VenueFailure } from '../../killswitch/aftermath.ts'
import type { Adapter } from '../../ports/adapter.ts'

const timeoutMs = 10_000

/** `newKey` never answers the same twice: one key for all sweeps would be answered from memory. */
export function adapterVenue(adapter: Adapter, venue: string, newKey: () => string): VenueControl {
  const call = (method: string, signal: AbortSignal) => ({ port: 'venue', method, args: { venue }, timeoutMs, signal })
  return {
    id: venue,
    openOrders: async (_page, signal) => {
      const reading = await adapter.read(call('fetchOpenOrders', signal))
      if (reading.kind === 'failure')
        return { kind: 'failure', reason: reading.reason, unreachable: reading.unreachable }
      return reading.complete ? pageOf(reading.value) : failure('the list of orders is not complete')
    },
    cancelAll: async (signal) => {
      const answer = await adapter.act({
        ...call('cancelAllOrders', signal),
        key: newKey(),
      })
      return answer.kind === 'done' ? { kind: 'sent' } : failure(answer.reason)
    },
  }
}

function pageOf(value: unknown): OrderPage | VenueFailure {
  const count = (name: string): number => {
    const field: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
    return typeof field === 'number' ? field : Number.NaN
  }
  return { kind: 'page', open: count('open'), pendingCancel: count('pendingCancel'), unknown: count('unknown') }
}

const failure = (reason: string): VenueFailure => ({ kind: 'failure', reason, unreachable: false })
