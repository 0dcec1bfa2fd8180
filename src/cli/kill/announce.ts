/**
 * People hear of a halt from the halt itself: the incident is opened and a commander asked for. Nothing waits for an answer, and what cannot
 * be sent is said. The keys follow from the halt, so confirming it again opens nothing and wakes nobody a second time.
 */
import { messageOf } from '../../adapters/answer.ts'
import type { Adapter } from '../../ports/adapter.ts'

export interface Announcement {
  readonly desk: string
  /** The halt that stands. */
  readonly halt: string
  readonly scope: string
  readonly by: string
  readonly reason: string
}
const timeoutMs = 3000

/** Answers what could not be sent. Never rejects. */
export async function announce(adapter: Adapter, told: Announcement): Promise<readonly string[]> {
  const { desk, halt, scope, by, reason } = told
  const title = `Trading halted: ${desk}${scope === 'all' ? '' : ` ${scope}`}`
  const why = reason === '' ? 'no reason was given' : reason
  const send = async (port: string, method: string, args: Readonly<Record<string, unknown>>, failed: string) => {
    const call = { port, method, args, timeoutMs, signal: AbortSignal.timeout(timeoutMs), key: `${method}-${halt}` }
    try {
      const answer = await adapter.act(call)
      return answer.kind === 'done' ? [] : [`${failed}: ${answer.reason}`]
    } catch (error) {
      return [`${failed}: ${messageOf(error)}`]
    }
  }
  const sent = await Promise.all([
    send(
      'tickets',
      'open',
      { kind: 'incident', title, text: `${halt}, by ${by}: ${why}`, role: 'commander' },
      'no incident was opened',
    ),
    send(
      'notify',
      'page',
      { role: 'commander', text: `${title}, by ${by}: ${why}. Take command before anyone looks for the cause.` },
      'nobody was asked to take command',
    ),
  ])
  return sent.flat()
}
