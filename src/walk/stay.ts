/** Whether a process waits for a moment, or parks the run and ends. */
import type { Need } from '../model/journal.ts'
import { longestStayMs } from './frame.ts'
import type { Ports } from './ports.ts'

type Moment = Extract<Need, { readonly kind: 'moment' }>

/** Who takes up waits that guard risk must have been seen this recently. */
const heartbeatFreshMs = 15 * 60_000

export function firstMoment(needs: readonly Need[]): Moment | undefined {
  const moments = needs.filter((need) => need.kind === 'moment')
  return moments.sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))[0]
}

/** For a short while it stays; for a wait that guards risk also as long as it takes, where nothing would take the run up in time. */
export function staysFor(need: Moment, { clock, stayMs, heartbeatMs, people }: Ports): boolean {
  const nowMs = clock.now().getTime()
  if (Date.parse(need.dueAt) - nowMs <= Math.min(stayMs, longestStayMs)) return true
  const seenMs = heartbeatMs()
  if (need.guardsRisk !== true || (seenMs !== undefined && nowMs - seenMs <= heartbeatFreshMs)) return false
  people.page(`${need.title}: nothing takes up due runs here, so this process stays until ${need.dueAt}`)
  return true
}
