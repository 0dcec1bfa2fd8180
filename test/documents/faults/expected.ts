/** What walking each cadence under a fault must come to. */
import { faults, type FaultId } from '../../../src/adapters/paper/faults.ts'
import { type Occasion, occasions } from '../../support/occasions.ts'
import { elsewhere, gatesUnder, restOnRecords, silent } from './concerns.ts'

export interface Expected {
  readonly exit: number
  readonly statuses: Readonly<Record<string, string>>
}

export const faultIds: readonly FaultId[] = faults.map(({ id }) => id)
export const isSilent = (fault: FaultId): boolean => silent.some((id) => id === fault)
/** All that is due on any occasion. */
export const allGates: readonly string[] = occasions.flatMap(({ due }) => due)

/** The gates that a fault concerns, `?` where they cannot be told; none where it concerns something else. */
export function concerned(fault: FaultId): readonly string[] {
  if (isSilent(fault)) return allGates.filter((id) => !restOnRecords.has(id)).map((id) => `${id}?`)
  const named = gatesUnder[fault]
  if ((named === undefined) === (elsewhere[fault] === undefined))
    throw new Error(`what ${fault} concerns is said twice or not at all`)
  return named?.split(' ') ?? []
}

export function expectedOf(fault: FaultId, { due }: Occasion): Expected {
  const named = concerned(fault)
  const statuses = Object.fromEntries(
    due.map((id) => [id, named.includes(id) ? 'fail' : named.includes(`${id}?`) ? 'undetermined' : 'pass']),
  )
  const seen = new Set(Object.values(statuses))
  return { exit: seen.has('fail') ? 1 : seen.has('undetermined') ? 2 : 0, statuses }
}

export const concerns = (fault: FaultId, occasion: Occasion): boolean => expectedOf(fault, occasion).exit !== 0
