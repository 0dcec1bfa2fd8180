/**
 * `desk gates waive <id> --reason T --until D`: a second person accepts for a while that a gate has not passed. What was seen stays on
 * every screen beside it, its hold stays in force, and the gate is judged anew on every run.
 */
import type { Command, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { findGate } from '../walking/find-gate.ts'
import { rhythmOf } from '../walking/gate-window.ts'
import { dueOf } from '../walking/gate-windows.ts'
import { procedureOf } from '../walking/procedure.ts'
import { decisionStatement, recogniseDecider, recordSignature, refuseUnknownOthers } from '../second-person.ts'
import { openSession, type Session } from '../walking/session.ts'
import { whichDesk } from '../which-desk.ts'
import { recordEvidence } from '../../audit/evidence.ts'
import { newId } from '../../audit/id.ts'
import { openSegment } from '../../audit/segment.ts'
import { type Waiver, waiverEvent } from '../../audit/waiver.ts'
import { addDays } from '../../calendar/dates.ts'
import { nextWindow } from '../../calendar/window.ts'
import { formatMoment, momentAt, type Zone } from '../../calendar/zone.ts'
import { isSamePerson } from '../../killswitch/person.ts'
import type { Graph } from '../../model/graph.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'

export interface WaiveOptions {
  readonly id: string
  readonly reason?: string
  readonly until?: string
  readonly sign?: string
}

/** What stands between a broken desk and the market is waived by nobody. */
const neverWaived = new Set(['pre-launch#P1', 'pre-launch#P2', 'daily#D1', 'daily#D2', 'daily#D4'])

const refused = (message: string, hint: string): DeskError =>
  new DeskError('not-waived', exitCodes.refused, message, hint)

export const run: Command<WaiveOptions> = async ({ id, reason, until, sign }, context) => {
  const desk = whichDesk(context)
  const { set, graph, node } = await findGate(id, desk, context)
  const place = `${graph.id}#${node.id}`
  if (neverWaived.has(`${set}#${node.id}`)) throw refused(`${node.id} is waived by nobody`, `desk gates ${set}`)
  if (reason === undefined || reason.trim() === '')
    throw new DeskError('no-reason', exitCodes.usage, 'a waiver says why', '--reason "why the desk goes on without it"')
  const nowMs = context.deps.now().getTime()
  const procedure = await procedureOf('gates', set, desk, context)
  const { windows, earlier, judgedBy } = dueOf(procedure, desk.stateDir, nowMs)
  const { zone } = rhythmOf(graph, desk.stateDir, nowMs).calendar
  const window = windows.get(node.id)
  const last = earlier.get(node.id)
  if (window === undefined || last === undefined || (last.status !== 'fail' && last.status !== 'undetermined'))
    throw refused(`${node.id} has not failed in this window`, `desk gates ${set}`)
  const latestMs = latestEnd(graph, node.id, { stateDir: desk.stateDir, nowMs, toMs: window.toMs })
  const untilMs = endOf(until, zone, { nowMs, latestMs, id: node.id })
  const statement = decisionStatement('waive', desk, context, {
    gate: place,
    reason,
    until: formatMoment(untilMs, zone),
  })
  const found = await recogniseDecider(desk, context, statement, sign)
  const session = { ...openSession(context, desk), person: found.person }
  const judge = judgedBy.get(node.id) ?? ''
  if (isSamePerson(judge, session.person.id))
    throw refused(`${session.person.id} judged ${node.id} and cannot waive it`, 'a second person waives')
  refuseUnknownOthers(desk, [judge], `judged ${node.id}`)
  const waiver = { by: session.person.id, reason, until: formatMoment(untilMs, zone) }
  recordSignature(desk.stateDir, session.means, statement, found)
  record(place, waiver, session, context)
  if (context.globals.json)
    printJson(context.io, 'gates-waive', { schema: 1, waiver: { gate: node.id, set, ...waiver } })
  else
    context.io.out(
      `${node.id} waived until ${waiver.until} by ${waiver.by}\n  it still reads ${last.status}; its hold, if it has one, stands\n`,
    )
  return exitCodes.ok
}

/** At most one period: a waiver has ended when the gate's next window begins, and with an event's only window. */
function latestEnd(
  graph: Graph,
  gate: string,
  { stateDir, nowMs, toMs }: { readonly stateDir: string; readonly nowMs: number; readonly toMs: number },
): number {
  const { calendar, cadence } = rhythmOf(graph, stateDir, nowMs)
  const due = graph.cadence?.gates.find(({ node }) => node === gate)?.due
  return cadence === 'event' || due === undefined ? toMs : nextWindow(calendar, cadence, due, nowMs).fromMs
}

/** A date ends with its day. */
function endOf(
  until: string | undefined,
  zone: Zone,
  { nowMs, latestMs, id }: { readonly nowMs: number; readonly latestMs: number; readonly id: string },
): number {
  const latest = formatMoment(latestMs, zone)
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(until ?? '')
  const ms = until === undefined ? Number.NaN : isDate ? dayEnd(until, zone) : Date.parse(until)
  if (Number.isNaN(ms))
    throw new DeskError('bad-until', exitCodes.usage, 'until when? A date or an RFC 3339 moment', `--until ${latest}`)
  if (ms <= nowMs) throw refused(`${until ?? ''} is over`, `--until ${latest}`)
  if (ms > latestMs) throw refused(`${id} is waived for one period at most`, `--until ${latest}`)
  return ms
}

function dayEnd(date: string, zone: Zone): number {
  try {
    return momentAt(zone, addDays(date, 1), 0)
  } catch {
    return Number.NaN // no such day
  }
}

/** Durable when it returns. */
function record(place: string, waiver: Waiver, { desk, person, means, walkDesk }: Session, { deps }: Context): void {
  const writer = openSegment({
    ...{ stateDir: desk.stateDir, run: newId('note', deps.now, deps.random), k: 0, now: deps.now },
    header: { event: 'gate.waiver', data: { place, ...waiver } },
    envelope: { ...walkDesk.envelope, actor: person.id, traceId: means.traceId },
    summary: { title: `${place} waived` },
  })
  const evidence = { event: waiverEvent, status: 'waived', scope: place, observed: waiver }
  recordEvidence(desk.stateDir, writer, evidence, deps.now)
  writer.close({ outcome: 'ok' })
}
