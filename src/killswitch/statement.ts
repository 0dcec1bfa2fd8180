/**
 * What a person signs: the exact words of a request, or of its approval with the evidence that the approval rests on. JSON in a fixed order,
 * so that whoever signs can read it and whoever verifies can write it again.
 */
import type { EvidenceAnswer } from './evidence.ts'
import type { Terms } from './terms.ts'

export type Act = 'request' | 'approve'

/** The text ends with a newline. Only evidence that holds is named. */
export function statementOf(act: Act, id: string, terms: Terms, evidence: readonly EvidenceAnswer[]): string {
  const { kind, desk, host, scope, epoch, tokens, to, requester, reason, requestedAt, expires } = terms
  const words = {
    statement: 'desk-release/1',
    act,
    request: id,
    desk,
    host,
    terms: {
      kind,
      scope,
      epoch,
      tokens,
      to: { size: to.size, orderRate: to.orderRate },
      requester,
      reason,
      requestedAt,
      expires,
    },
    evidence: evidence.flatMap((each) =>
      each.kind === 'holds'
        ? [{ what: each.what, at: each.at, segment: each.ref.segment, seq: each.ref.seq, sha256: each.hash }]
        : [],
    ),
  }
  return `${JSON.stringify(words, undefined, 2)}\n`
}
