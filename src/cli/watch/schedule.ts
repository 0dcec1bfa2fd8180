/**
 * Several things looked at, each at its own frequency, in one process.
 *
 * S1 Nothing is looked at twice at once: whatever takes longer than its frequency is looked at again when it has ended.
 * S2 Whatever takes long holds up nothing else.
 * S3 What throws ends the watch: nobody must believe that something is watched when it is not.
 */
import type { Deps } from '../command.ts'

export interface Watched {
  readonly everyMs: number
  readonly look: () => Promise<void>
}
type World = Pick<Deps, 'now' | 'sleep'> & { readonly interrupted: AbortSignal }

interface Item extends Watched {
  dueMs: number
  isBusy: boolean
}

/** All of them at once first. Resolves when it was interrupted and every look has ended; rejects with the first error. */
export async function watchAll(watched: readonly Watched[], world: World, stop: (why: unknown) => void): Promise<void> {
  const startMs = world.now().getTime()
  const items: readonly Item[] = watched.map((each) => ({ ...each, dueMs: startMs, isBusy: false }))
  const busy = new Set<Promise<void>>()
  const errors: unknown[] = []
  const begin = (item: Item, nowMs: number): void => {
    item.isBusy = true
    item.dueMs = nowMs + item.everyMs
    const looking: Promise<void> = item
      .look()
      .catch((error: unknown) => {
        errors.push(error)
        stop(error)
      })
      .finally(() => {
        item.isBusy = false
        busy.delete(looking)
      })
    busy.add(looking)
  }
  while (!world.interrupted.aborted && errors.length === 0) {
    const nowMs = world.now().getTime()
    for (const item of items) if (!item.isBusy && item.dueMs <= nowMs) begin(item, nowMs)
    const nextMs = Math.min(...items.map(({ dueMs, isBusy }) => (isBusy ? Math.max(dueMs, nowMs + pollMs) : dueMs)))
    await world.sleep(Math.max(0, nextMs - world.now().getTime()), world.interrupted)
  }
  await Promise.all(busy)
  if (errors.length > 0) throw errors[0]
}

/** How soon something that was still being looked at is thought of again. */
const pollMs = 1000
