/** Faults that an effect can mend while they are still switched on. */
import type { FaultId } from '../faults.ts'
import type { World } from '../world.ts'

/** Since when the fault is in force; undefined where it is off, or mended since it was switched on. */
export function unmended({ faults }: World, id: FaultId, mendedAt: string | undefined): Date | undefined {
  const since = faults.get(id)
  if (since === undefined) return undefined
  return mendedAt !== undefined && Date.parse(mendedAt) >= since.getTime() ? undefined : since
}

/** Milliseconds since a moment, never negative. */
export const elapsedMs = ({ now }: World, since: Date): number => Math.max(0, now().getTime() - since.getTime())
