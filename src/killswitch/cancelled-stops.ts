/**
 * Which protective stops the cancels at one venue took away. A list that came before its cancel left names them all; of one that came
 * later nobody can say what was missing from it already, unless the venue answered the cancel with what it took away.
 */
import type { CancelSent, ListedStop, ProtectiveStop, StopList, VenueFailure } from './venue-control.ts'

interface Sent {
  readonly listing: Promise<StopList | VenueFailure>
  /** The list was there before the cancel left. */
  readonly isFirst: boolean
  readonly sending: Promise<CancelSent | VenueFailure>
}
export interface ToldStops {
  readonly stops: readonly ProtectiveStop[]
  readonly stopsUnknown?: string
}

export class CancelledStops {
  readonly #sent: Sent[] = []

  note(sent: Sent): void {
    this.#sent.push(sent)
  }

  /** Once every list and every cancel has been answered, or has run out of time. */
  async told(): Promise<ToldStops> {
    const stops = new Map<string, ListedStop>()
    let unknown: string | undefined
    for (const { listing, isFirst, sending } of this.#sent) {
      const [listed, answer] = await Promise.all([listing, sending])
      const taken = answer.kind === 'sent' ? answer.stops : undefined
      for (const stop of [...(listed.kind === 'stops' ? listed.stops : []), ...(taken ?? [])]) stops.set(stop.id, stop)
      if (taken !== undefined) continue
      if (listed.kind === 'failure') unknown ??= listed.reason
      else if (!isFirst) unknown ??= 'the list came after the cancel had left'
    }
    const told = [...stops.values()].map(({ id: _, ...stop }) => stop)
    return { stops: told, ...(unknown === undefined ? {} : { stopsUnknown: unknown }) }
  }
}
