/** What a monitor asks of `alerts.raise`: its details are an expression, the rest is known. */
import { isReadable, unreadable } from '../check/expressions.ts'
import { Undetermined } from '../expr/undetermined.ts'
import type { Expr, Invocation } from '../model/graph.ts'

export type AlertGiven = Readonly<Record<string, unknown>>

/** An alert goes out without its details rather than not at all: they may be what could not be read. */
export function alertArguments(given: AlertGiven, details: Expr<string>): Invocation['args'] {
  if (!isReadable(details)) return unreadable
  return {
    ...details,
    evaluate: (env) => {
      try {
        return { ...given, details: details.evaluate(env) }
      } catch (error) {
        if (error instanceof Undetermined) return { ...given, details: `could not be told: ${error.message}` }
        throw error
      }
    },
  }
}
