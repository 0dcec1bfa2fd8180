/** Everything that the ledger and checkpoints say of each segment, gathered. */
import type { OpenHead } from './checkpoint.ts'
import type { LedgerEntry } from './ledger-read.ts'
import type { EvidenceLine, Expired, Extent, Opened, Previous } from './ledger-line.ts'
import type { Expectation } from './verify-segment.ts'

export interface Known extends Expectation {
  readonly heads: OpenHead[]
  readonly evidence: EvidenceLine[]
  opened?: Opened
  end?: Extent & { readonly at: string }
  conflicting?: boolean
  pin?: Previous
  /** When its successor was opened. */
  pinnedAt?: string
  expired?: Expired
  /** How many lines the ledger has up to the one that says so. */
  expiredLine?: number
}

/** By name, in the order in which the ledger first speaks of them. */
export function expectationsOf(lines: readonly LedgerEntry[], heads: readonly OpenHead[]): Map<string, Known> {
  const all = new Map<string, Known>()
  const of = (segment: string): Known => {
    const known = all.get(segment) ?? { heads: [], evidence: [] }
    all.set(segment, known)
    return known
  }
  let size = 0
  for (const { value } of lines) {
    size = value.kind === 'pruned' ? value.before.size : size + 1
    if (!('segment' in value)) continue
    const known = of(value.segment)
    if (value.kind === 'opened') {
      known.opened = value
      if (value.previous !== undefined) {
        const before = of(value.previous.segment)
        before.pin = value.previous
        before.pinnedAt = value.at
      }
    } else if (value.kind === 'expired') {
      known.expired = value
      known.expiredLine ??= size
    } else if (value.kind === 'evidence') known.evidence.push(value)
    else {
      if (known.end !== undefined && (known.end.head !== value.head || known.end.bytes !== value.bytes))
        known.conflicting = true
      known.end ??= value
    }
  }
  for (const head of heads) of(head.segment).heads.push(head)
  return all
}

/** How the segment ended, and when: by its own line, or by the take-over that counted it. */
export function endOf({ end, pin, pinnedAt }: Known): (Extent & { readonly at: string }) | undefined {
  return end ?? (pin === undefined || pinnedAt === undefined ? undefined : { ...pin, at: pinnedAt })
}
