/** The gates before the open permit the session: on a desk that trades in sessions, once every one of them has passed for it. */
import type { Context } from '../command.ts'
import { meansOf } from '../permission.ts'
import { type WhichDesk, whoIs } from '../which-desk.ts'
import { deskCalendar } from './clock.ts'
import { dueOf } from './gate-windows.ts'
import type { Procedure } from './procedure.ts'
import type { Session } from '../../calendar/calendar.ts'
import { bootId } from '../../killswitch/gate.ts'
import { openSession } from '../../killswitch/session.ts'

const preOpenSet = 'gates/pre-market'
/** The desk turns close-only so long before the close. */
const closeOnlyMs = 10 * 60_000

/** Says on standard error what came of it; nothing where the gates have not all passed, or the session is open already. */
export async function permitSession(
  procedure: Pick<Procedure, 'graph' | 'library'>,
  desk: WhichDesk,
  context: Context,
): Promise<void> {
  const { deps, io } = context
  const boot = bootId()
  if (!desk.config.desk.sessions || procedure.graph.id !== preOpenSet || boot === undefined) return
  const calendar = deskCalendar(desk.config.desk.calendar)
  const nowMs = deps.now().getTime()
  const session = calendar.current(nowMs) ?? calendar.next(nowMs)
  if (!havePassed(procedure, desk, session, nowMs)) return
  const until = new Date(session.closeMs - closeOnlyMs).toISOString()
  const reason = `the gates before the open have passed for ${session.date}`
  const opened = await openSession(
    desk.stateDir,
    boot,
    { by: whoIs(desk, context).id, reason, until },
    meansOf(context),
  )
  if (opened.kind === 'opened') io.err(`desk: the session of ${session.date} is permitted until ${until}\n`)
  else if (opened.code !== 'nothing-to-do') io.err(`desk: the session is not permitted: ${opened.message}\n`)
}

/** Those that hold until this session's close are what a session waits for; there has to be one at least. */
function havePassed(
  { graph, library }: Pick<Procedure, 'graph' | 'library'>,
  desk: WhichDesk,
  session: Session,
  nowMs: number,
): boolean {
  const { windows, earlier, waivers } = dueOf({ graph, library }, desk.stateDir, nowMs)
  const blocking = [...windows].filter(([, window]) => window.toMs === session.closeMs && window.phase === 'due')
  return blocking.length > 0 && blocking.every(([id]) => earlier.get(id)?.status === 'pass' || waivers.has(id))
}
