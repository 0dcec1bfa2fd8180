/** The venue that orders are routed to, for calls that name none. */
import type { Adapter, Call } from '../../ports/adapter.ts'
import { isRecord } from '../wellformed.ts'

/** Undefined where routing does not answer: guessing could send an order to the wrong place. */
export const venueInUse =
  (inner: Adapter) =>
  async ({ timeoutMs, signal }: Call): Promise<string | undefined> => {
    const reading = await inner.read({ port: 'routing', method: 'getBroker', args: {}, timeoutMs, signal })
    if (reading.kind === 'failure' || !isRecord(reading.value)) return undefined
    const { venue } = reading.value
    return typeof venue === 'string' ? venue : undefined
  }
