/** The grant under which trading goes on. A run remembers it, and its effects that add risk are refused once it has changed. */
import { bootId } from './gate.ts'
import { contentOf, inForce, permitDir } from './permit.ts'

/** The grant that a permission says it carries. */
export function grantIn(content: string | undefined): string | undefined {
  if (content === undefined) return undefined
  try {
    const value: unknown = JSON.parse(content)
    if (typeof value !== 'object' || value === null || !('grant' in value)) return undefined
    return typeof value.grant === 'string' ? value.grant : undefined
  } catch {
    return undefined
  }
}

/** The id of the grant in force; `none` while nothing may trade. */
export function currentEpoch(stateDir: string, boot: string | undefined = bootId()): string {
  if (boot === undefined) return 'none'
  return grantIn(contentOf(inForce(permitDir(stateDir), 'trade', boot))) ?? 'none'
}
