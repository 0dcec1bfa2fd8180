/** What switching a fault does to the paper world, beyond being on or off. */
import type { Place } from './store.ts'

export interface Change {
  readonly on: (place: Place) => Promise<void> | void
  /** Takes back what is still wrong, and leaves what was mended meanwhile. */
  readonly off: (place: Place) => Promise<void> | void
}

export const minutesAgo = (place: Place, minutes: number): string =>
  new Date(place.now().getTime() - minutes * 60_000).toISOString()

/** A venue with nothing wrong. */
export const healthy = { silent: false, exhausted: false, blankRejects: false } as const
