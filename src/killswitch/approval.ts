/** What a second person agreed to, put on record and then into force: the end of a release as of a promotion. */
import { freshId, openDecision, problemOf, withBase } from './decide.ts'
import type { HistoryRead } from './history.ts'
import type { Granted } from './permit.ts'
import { type Change, type Means, voidEvent } from './record.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Recognised } from './roster.ts'
import type { Request } from './terms.ts'
import { proofOf } from './two-person.ts'

export interface Agreed {
  readonly kind: 'release' | 'promote'
  readonly asked: Request
  readonly change: Omit<Change, 'by' | 'reason' | 'grants'>
  readonly proof: Recognised
  /** What else is put on record. */
  readonly data?: object
  /** What is said where a halt or a throttle came in between. */
  readonly overtaken: string
  readonly putIntoForce: () => Granted
}

/** From here it is durable that two people wanted it; whether it came into force the directory alone decides. Answers the record's id. */
export function carryOutAgreed(
  stateDir: string,
  { kind, asked, change, proof, data = {}, overtaken, putIntoForce }: Agreed,
  read: HistoryRead,
  means: Means,
): string | Refusal {
  const { id, terms, digest } = asked
  const by = proof.person.id
  const approval = freshId(kind, read, means)
  const whole = {
    ...change,
    by: `${terms.requester}, ${by}`,
    reason: terms.reason,
    grants: { id, tokens: terms.tokens },
  }
  const said = { request: id, requester: terms.requester, approver: by, digest, ...data, ...proofOf(proof) }
  const header = { event: `${kind}.approved`, level: 'warn', data: { ...withBase(whole, read), ...said } } as const
  const { writer } = openDecision(stateDir, approval, header, by, means)
  const granted = putIntoForce()
  try {
    writer.append(
      granted.kind === 'granted'
        ? { event: `${kind}.granted`, data: { request: id } }
        : { event: voidEvent, level: 'warn', data: granted },
    )
    writer.close({ outcome: granted.kind === 'granted' ? 'ok' : 'refused' })
  } catch (error) {
    // The approval is durable, and the directory tells the rest.
    if (granted.kind !== 'granted') return refuse('void', problemOf(error))
  }
  if (granted.kind === 'granted') return approval
  return refuse(
    'void',
    granted.kind === 'void' ? overtaken : `the permission could not be put into force (${granted.errno})`,
  )
}
