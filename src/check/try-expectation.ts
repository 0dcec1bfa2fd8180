/** Expectations are tried on readings, because what their text looks like proves nothing. */
import type { Expr } from '../model/graph.ts'

export type Reading = Readonly<Record<string, unknown>>

/** What cannot be evaluated does not hold. */
export function holdsOn(expectation: Expr<boolean>, result: Reading): boolean {
  try {
    return expectation.evaluate({ result })
  } catch {
    return false
  }
}
