/** What a failed gate asks of `desk.hold`: its scopes are an expression, the rest is known. */
import { isReadable, unreadable } from '../check/expressions.ts'
import type { Expr, Invocation } from '../model/graph.ts'

export interface HoldGiven {
  readonly rule: string
  readonly kind: string
  readonly reason: string
}

export function holdArguments(given: HoldGiven, scopes: Expr<unknown>): Invocation['args'] {
  return isReadable(scopes)
    ? { ...scopes, evaluate: (env) => ({ ...given, scopes: listOf(scopes.evaluate(env)) }) }
    : unreadable
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])
