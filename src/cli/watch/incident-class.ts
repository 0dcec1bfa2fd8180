/** One class of incidents, watched: what it detects opens its run, or joins the one that is open. */
import { lookFor } from '../walking/look-for.ts'
import type { Procedure } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import type { Seen } from './look.ts'
import type { Watched } from './schedule.ts'
import { type Fired, isDueAgain, standingNow } from './standing.ts'
import type { Watching } from './watching.ts'
import { visible } from '../../source/visible.ts'

/** Of the classes that desk ships the most impatient one counts three heartbeats in 30 seconds. */
const classEveryMs = 10_000

export interface WatchedClass extends Watched {
  readonly seen: () => { readonly id: string; readonly looks: number; readonly status?: Seen }
}

export function watchClass(id: string, severity: string, procedure: Procedure, watching: Watching): WatchedClass {
  const { desk, context, nowMs } = watching
  let looks = 0
  let status: Seen | undefined
  let fired: Fired | undefined
  let last = JSON.stringify([[], [], undefined])
  const look = async (): Promise<void> => {
    const { because, unread, joined, status: seen } = await lookFor(procedure, desk, context)
    if (watching.stopped.aborted) return
    looks++
    status = seen
    const now = JSON.stringify([because, unread, joined])
    if (now !== last)
      watching.tell(
        {
          ...{ type: 'class', at: new Date(nowMs()).toISOString(), id, status: seen, because, unread },
          ...(joined === undefined ? {} : { joins: joined }),
        },
        [
          ...(seen === 'pass' ? [`  pass          ${id}`] : []),
          ...unread.map((reason) => `  undetermined  ${id} cannot be told: ${visible(reason)}`),
          ...(because.length === 0 ? [] : [`  DETECTED ${severity} ${id}: ${because.map(visible).join('; ')}`]),
          ...(joined === undefined ? [] : [`  joins ${joined}, which is open`, `  next: desk run continue ${joined}`]),
        ],
      )
    last = now
    if (seen !== 'fail') fired = undefined
    if (seen !== 'fail' || joined !== undefined) return
    if (!isDueAgain(fired, standingNow(desk.stateDir, nowMs()), nowMs())) return
    const result = await walkProcedure(procedure, {}, context, desk)
    fired = { atMs: nowMs(), standing: standingNow(desk.stateDir, nowMs()) }
    if (result.kind === 'parked' && result.signal !== undefined) watching.park(result.exit)
  }
  return {
    ...{ everyMs: classEveryMs, look },
    seen: () => ({ id, looks, ...(status === undefined ? {} : { status }) }),
  }
}
