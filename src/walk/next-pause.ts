/** Nodes at which a run stands still: for time, or for people. */
import type { ApprovalNode, AttestNode, WaitNode } from '../model/graph.ts'
import type { Bound } from '../model/journal.ts'
import type { Step } from './command.ts'
import { ask, boundArgs, boundDigest, end, record, timeOf, tooLate, type Frame, type Spot } from './frame.ts'
import { digestOf, evaluateText } from './scope.ts'

/** W10 When a wait ends is fixed when it is entered. */
export function nextWait(frame: Frame, { node, at, entry }: Spot<WaitNode>): Step {
  if (entry.entered?.dueAt === undefined) {
    // A skipped wait is good; the check behind it is not judged (next-check.ts).
    if (frame.late) return end(frame, at, 'skipped', tooLate)
    return record({ kind: 'entered', at, time: timeOf(frame), dueAt: new Date(endMs(frame, node)).toISOString() })
  }
  const { dueAt } = entry.entered
  if (frame.world.nowMs >= Date.parse(dueAt)) return end(frame, at, 'ok')
  const guards = node.guardsRisk ? ({ guardsRisk: true } as const) : {}
  return ask(frame, node, { kind: 'moment', at, title: node.title, dueAt, ...guards })
}

function endMs({ world }: Frame, { until }: WaitNode): number {
  return until.kind === 'after'
    ? world.dueMs(until.duration, world.nowMs)
    : world.nextMs(until.at, world.nowMs) + until.offsetMs
}

export function nextAttest(frame: Frame, { node, at, entry }: Spot<AttestNode>): Step {
  if (entry.answer !== undefined) return end(frame, at, 'ok')
  const text = evaluateText(node.ask, frame.env)
  const words = node.of === undefined ? '' : ` (${node.of.join(', ')})`
  const asked = text.kind === 'known' && text.value !== node.title ? { ask: `${text.value}${words}` } : {}
  return ask(frame, node, { kind: 'attest', at, title: node.title, role: node.role, ...asked })
}

/**
 * W11 What an approval binds is fixed when it is entered. It counts distinct people, never the one who opened the run, and only
 *     decisions about exactly this. Silence is a refusal, not a consent, once the time is up.
 */
export function nextApproval(frame: Frame, { node, at, entry }: Spot<ApprovalNode>): Step {
  const { entered } = entry
  if (entered?.offers === undefined) {
    const bound: Bound[] = []
    for (const { node: id, args } of node.of.flatMap((named) => boundArgs(frame, named))) {
      if (args.kind === 'undetermined')
        return end(frame, at, 'undetermined', `what ${id} will do is not known yet: ${args.reason}`)
      bound.push({ node: id, args: args.value, digest: boundDigest(frame, id, args.value) })
    }
    const offers = digestOf({ run: frame.world.run.id, at, bound: bound.map((b) => b.digest) })
    return record({ kind: 'entered', at, time: timeOf(frame), offers, bound })
  }
  const aboutThis = entry.decisions.filter((decision) => decision.offers === entered.offers)
  const declined = aboutThis.find((decision) => decision.kind === 'declined')
  if (declined !== undefined) return end(frame, at, 'refused', `declined by ${declined.by.id}`)
  const requester = personKey(frame.state.opened?.by.id ?? '')
  const people = new Set(aboutThis.map((decision) => personKey(decision.by.id)).filter((id) => id !== requester))
  if (people.size >= node.count) return end(frame, at, 'ok')
  if (frame.world.nowMs >= Date.parse(entered.time) + node.expiresMs)
    return end(frame, at, 'refused', 'the approval has expired')
  return ask(frame, node, {
    kind: 'approval',
    at,
    title: node.title,
    role: node.role,
    missing: node.count - people.size,
  })
}

/** Spelling is no second pair of eyes. */
const personKey = (id: string): string => id.toLowerCase()
