/**
 * The permission of one session, for desks that trade in sessions: given anew each day once the gates before the open have passed, gone
 * when the session turns close-only. It is no release: without `trade` and `open` it permits nothing.
 */
import {
  type Recorded,
  closeGrant,
  freshId,
  knownHistory,
  loosening,
  openDecision,
  recordAfterwards,
  withBase,
} from './decide.ts'
import { discard } from './hold.ts'
import { contentOf, grant, inForce, permitDir, request, tighten } from './permit.ts'
import type { Change, Means } from './record.ts'
import { type Refusal, refuse } from './refusal.ts'
import { whyHistoryMissing } from './release-examination.ts'
import { untilIn } from './session-until.ts'
import { readStanding } from './standing.ts'

export interface SessionOrder {
  readonly by: string
  readonly reason: string
  /** RFC 3339: from when only reductions pass. */
  readonly until: string
}
export type SessionOpened = { readonly kind: 'opened' } | Refusal

/** Throws DeskError 73, 75 or `history-unreadable`: then nothing has changed. */
export function openSession(stateDir: string, boot: string, order: SessionOrder, means: Means): Promise<SessionOpened> {
  return loosening(stateDir, order.by, means, () => {
    const { by, reason, until } = order
    const lost = whyHistoryMissing(stateDir)
    if (lost !== undefined) return lost
    if (readStanding(stateDir, boot).state === 'HALTED') return refuse('halted', 'the desk is halted')
    if (!(means.now().getTime() < Date.parse(until)))
      return refuse('expired', `the session is close-only since ${until}`)
    const dir = permitDir(stateDir)
    if (sessionUntil(stateDir, boot) === until) return refuse('nothing-to-do', 'the session is open')
    const { read } = knownHistory(stateDir, means)
    const id = freshId('hold', read, means)
    const change: Change = {
      kind: 'session-opened',
      scope: 'session',
      by,
      reason,
      tightens: [],
      grants: { id, tokens: ['session'] },
    }
    const header = { event: 'session.opened', data: { ...withBase(change, read), until } }
    const { writer } = openDecision(stateDir, id, header, by, means)
    try {
      request(dir, 'session', id, JSON.stringify({ grant: id, by, reason, until }))
      const granted = grant(dir, ['session'], id, boot)
      closeGrant(granted, writer)
      if (granted.kind === 'granted') return { kind: 'opened' }
      return refuse('void', granted.kind === 'void' ? 'the session was closed meanwhile' : granted.errno)
    } finally {
      discard(dir, ['session'], id)
    }
  })
}

export interface SessionClosed {
  /** False: it may still be in force. */
  readonly done: boolean
  readonly recorded: Recorded
}

/** At once, without log or space, like everything that tightens. */
export function closeSession(
  stateDir: string,
  boot: string | undefined,
  { by, reason }: Pick<SessionOrder, 'by' | 'reason'>,
  means: Means,
): SessionClosed {
  const { gone, swept } = tighten(permitDir(stateDir), ['session'], boot)
  const change = { kind: 'session-closed', scope: 'session', by, reason, tightens: ['session'] } as const
  return { done: gone && swept, recorded: recordAfterwards(stateDir, 'hold', 'session.closed', change, means) }
}

/** Until when the session in force was opened; undefined where none is, or where it does not say. */
function sessionUntil(stateDir: string, boot: string): string | undefined {
  const content = contentOf(inForce(permitDir(stateDir), 'session', boot))
  return content === undefined ? undefined : untilIn(content)
}
