/**
 * Several things looked at, each at its own frequency, in one process.
 *
 * S1 Nothing is looked at twice at once: whatever takes longer than its frequency is looked at again when it has ended.
 * S2 Whatever takes long holds up nothing else.
 * S3 What throws is told, and looked at again when it is due: one look that is broken hides no other.
 * S4 Where every look throws, or the log cannot be written, the watch ends with that error: nobody must believe that something is watched
 *    when it is not.
 */
import type { Deps } from '../command.ts'
import { AuditUnwritable } from '../../audit/failure.ts'

export interface Watched {
  readonly everyMs: number
  readonly look: () => Promise<void>
  /** Told what a look threw, at every look that does. */
  readonly failed: (error: unknown) => void
}
type World = Pick<Deps, 'now' | 'sleep'> & { readonly interrupted: AbortSignal }

interface Item extends Watched {
  dueMs: number
  isBusy: boolean
  /** What its last look threw. */
  trouble?: { readonly error: unknown }
}

/**
 * All of them at once first. Resolves when it was interrupted and every look has ended, with what the last looks threw; rejects where the
 * watch came to its own end, after `stop`.
 */
export async function watchAll(
  watched: readonly Watched[],
  world: World,
  stop: () => void,
): Promise<readonly unknown[]> {
  const startMs = world.now().getTime()
  const items: readonly Item[] = watched.map((each) => ({ ...each, dueMs: startMs, isBusy: false }))
  const busy = new Set<Promise<void>>()
  let end: { readonly error: unknown } | undefined
  const threw = (item: Item, error: unknown): void => {
    item.trouble = { error }
    item.failed(error)
    if (!(error instanceof AuditUnwritable) && items.some(({ trouble }) => trouble === undefined)) return
    end ??= { error }
    stop()
  }
  const begin = (item: Item, nowMs: number): void => {
    item.isBusy = true
    item.dueMs = nowMs + item.everyMs
    const looking: Promise<void> = item
      .look()
      .then(() => {
        delete item.trouble
      })
      .catch((error: unknown) => {
        threw(item, error)
      })
      .finally(() => {
        item.isBusy = false
        busy.delete(looking)
      })
    busy.add(looking)
  }
  while (!world.interrupted.aborted && end === undefined) {
    const nowMs = world.now().getTime()
    for (const item of items) if (!item.isBusy && item.dueMs <= nowMs) begin(item, nowMs)
    const nextMs = Math.min(...items.map(({ dueMs, isBusy }) => (isBusy ? Math.max(dueMs, nowMs + pollMs) : dueMs)))
    await world.sleep(Math.max(0, nextMs - world.now().getTime()), world.interrupted)
  }
  await Promise.all(busy)
  if (end !== undefined) throw end.error
  return items.flatMap(({ trouble }) => (trouble === undefined ? [] : [trouble.error]))
}

/** How soon something that was still being looked at is thought of again. */
const pollMs = 1000
