/** The format in which a vendor sends its bars, and the one that the desk was written for. */
import type { VendorId } from './routing.ts'
import type { World } from './world.ts'

const expected = 'bars/1'
const changed = 'bars/2'
const dayMs = 86_400_000

export interface FeedFormat {
  readonly format: string
  readonly expected: string
  /** Absent where it never did. */
  readonly changedAt?: Date
}

export function formatOf({ faults }: World, vendor: VendorId): FeedFormat {
  const changedAt = faults.get('vendor-format-changed') ?? faults.get('pipeline-drift')
  const since = vendor === 'primary' ? changedAt : undefined
  return since === undefined
    ? { format: expected, expected }
    : { format: changed, expected, changedAt: saturdayBefore(since) }
}

/** Noon UTC of the last Saturday that was over. */
function saturdayBefore(moment: Date): Date {
  const midnight = Math.floor(moment.getTime() / dayMs) * dayMs
  const days = (moment.getUTCDay() + 1) % 7
  return new Date(midnight - (days === 0 ? 7 : days) * dayMs + dayMs / 2)
}
