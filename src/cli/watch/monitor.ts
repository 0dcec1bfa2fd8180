/** One monitor, watched: it is only read while it passes, and walked when it fires, exactly as by `desk monitor check`. */
import { wrap } from '../render/layout.ts'
import { monitorLines } from '../render/monitors.ts'
import type { Procedure } from '../walking/procedure.ts'
import { walkProcedure } from '../walking/walk-procedure.ts'
import { lookAt, type Seen } from './look.ts'
import type { Watched } from './schedule.ts'
import { type Fired, isDueAgain, isHolding, standingNow } from './standing.ts'
import { troubleOf } from './trouble.ts'
import type { Watching } from './watching.ts'
import type { MonitorSpec } from '../../model/graph.ts'
import { type MonitorResult, monitorsResult } from '../../walk/result.ts'

export interface WatchedMonitor extends Watched {
  readonly seen: () => { readonly set: string; readonly id: string; readonly looks: number; readonly status?: Seen }
}

export function watchMonitor(set: string, spec: MonitorSpec, procedure: Procedure, watching: Watching): WatchedMonitor {
  const { desk, context, nowMs } = watching
  const { node: id, level } = spec
  let looks = 0
  let status: Seen | undefined
  let fired: Fired | undefined
  let read: Seen | undefined
  const trouble = troubleOf(id, watching)
  const become = (next: Seen): void => {
    if (next === 'pass' && status !== undefined && status !== 'pass')
      watching.tell({ type: 'monitor', at: atOf(nowMs()), set, id, level, status: 'pass' }, [`  pass          ${id}`])
    status = next
  }
  const look = async (): Promise<void> => {
    read = undefined
    const seen = await lookAt(id, procedure, desk, context)
    if (watching.stopped.aborted) return
    looks++
    read = seen
    const acts =
      seen === 'pass'
        ? isHolding(desk.stateDir, `${procedure.graph.id}/${id}`, nowMs())
        : isDueAgain(fired, standingNow(desk.stateDir, nowMs()), nowMs())
    if (seen === 'pass' || acts) fired = undefined
    if (!acts) {
      become(seen)
      trouble.over()
      return
    }
    const walk = (): Promise<Seen | undefined> => walkOne(set, spec, procedure, watching)
    const judged = await (seen === 'pass' ? watching.inTurn(walk) : walk())
    if (judged === undefined) return
    if (judged !== 'pass') fired = { atMs: nowMs(), standing: standingNow(desk.stateDir, nowMs()) }
    become(judged)
    trouble.over()
  }
  const failed = (error: unknown): void => {
    // What was seen before stands: that nothing could be done about it makes it no better.
    status = read === 'fail' ? 'fail' : 'undetermined'
    const reason = trouble.isNews(error)
    if (reason === undefined) return
    watching.tell({ type: 'monitor', at: atOf(nowMs()), set, id, level, status, reason }, [
      `  ${status.padEnd(12)}  ${id} (${level})`,
      ...wrap(reason, context.io.columns, ' '.repeat(16)),
    ])
  }
  return {
    ...{ everyMs: spec.everyMs, look, failed },
    seen: () => ({ set, id, looks, ...(status === undefined ? {} : { status }) }),
  }
}

const atOf = (ms: number): string => new Date(ms).toISOString()

/** What it has come to; undefined where a signal ended the walk before. */
async function walkOne(
  set: string,
  spec: MonitorSpec,
  procedure: Procedure,
  { desk, context, tell, park, nowMs }: Watching,
): Promise<Seen | undefined> {
  const result = await walkProcedure({ ...procedure, selected: [spec.node] }, {}, context, desk)
  if (result.kind === 'rehearsed') return undefined
  if (result.kind === 'parked') park(result.exit)
  const { graph, library } = procedure
  const told = monitorsResult({ graphs: library.graphs, root: graph.id, run: '', state: result.state })
  const one = told.monitors.find((each) => each.id === spec.node)
  const seen = seenIn(one)
  if (one === undefined || seen === undefined || seen === 'pass') return seen
  const { reason, trouble } = one
  tell(
    {
      ...{ type: 'monitor', at: atOf(nowMs()), set, id: spec.node, level: spec.level, status: seen },
      ...(reason === undefined ? {} : { reason }),
      ...(trouble === undefined ? {} : { trouble }),
    },
    monitorLines({ ...told, monitors: [one] }, context.io).slice(0, -1),
  )
  return seen
}

const seenIn = (one: MonitorResult | undefined): Seen | undefined =>
  one === undefined || one.status === 'pending' ? undefined : one.status
