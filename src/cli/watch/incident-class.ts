/** One class of incidents, watched: what it detects opens its run, or joins the one that is open. */
import { wrap } from '../render/layout.ts'
import { lookFor } from '../walking/look-for.ts'
import type { Procedure } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import type { Seen } from './look.ts'
import type { Watched } from './schedule.ts'
import { type Fired, isDueAgain, standingNow } from './standing.ts'
import { troubleOf } from './trouble.ts'
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
  let detected: readonly string[] = []
  const trouble = troubleOf(id, watching)
  const detectedLines = (because: readonly string[]): readonly string[] =>
    wrap(`DETECTED ${severity} ${id}: ${because.map(visible).join('; ')}`, context.io.columns, '  ')
  const untold = (reason: string): readonly string[] => [
    `  undetermined  ${id} cannot be told`,
    ...wrap(reason, context.io.columns, ' '.repeat(16)),
  ]
  const look = async (): Promise<void> => {
    detected = []
    const { because, unread, joined, status: seen } = await lookFor(procedure, desk, context)
    if (watching.stopped.aborted) return
    looks++
    status = seen
    detected = because
    const now = JSON.stringify([because, unread, joined])
    if (now !== last)
      watching.tell(
        {
          ...{ type: 'class', at: new Date(nowMs()).toISOString(), id, status: seen, because, unread },
          ...(joined === undefined ? {} : { joins: joined }),
        },
        [
          ...(seen === 'pass' ? [`  pass          ${id}`] : []),
          ...unread.flatMap((reason) => untold(visible(reason))),
          ...(because.length === 0 ? [] : detectedLines(because)),
          ...(joined === undefined ? [] : [`  joins ${joined}, which is open`, `  next: desk run continue ${joined}`]),
        ],
      )
    last = now
    if (seen !== 'fail') fired = undefined
    if (seen !== 'fail' || joined !== undefined || !isDueAgain(fired, standingNow(desk.stateDir, nowMs()), nowMs())) {
      trouble.over()
      return
    }
    const result = await walkProcedure(procedure, {}, context, desk)
    fired = { atMs: nowMs(), standing: standingNow(desk.stateDir, nowMs()) }
    if (result.kind === 'parked' && result.signal !== undefined) watching.park(result.exit)
    trouble.over()
  }
  const failed = (error: unknown): void => {
    // What was detected before stands: that nothing could be done about it makes it no better.
    status = detected.length > 0 ? 'fail' : 'undetermined'
    last = ''
    const reason = trouble.isNews(error)
    if (reason === undefined) return
    watching.tell(
      { ...{ type: 'class', at: new Date(nowMs()).toISOString(), id, status, because: detected, unread: [reason] } },
      detected.length === 0
        ? untold(reason)
        : [...detectedLines(detected), ...wrap(`not opened: ${reason}`, context.io.columns, '    ')],
    )
  }
  return {
    ...{ everyMs: classEveryMs, look, failed },
    seen: () => ({ id, looks, ...(status === undefined ? {} : { status }) }),
  }
}
