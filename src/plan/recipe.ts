/**
 * How an expression was made. The build keeps recipes of the procedures that it has proved, so that a walk compiles only the expressions
 * that it meets.
 */
import type { AlertGiven } from './alert-arguments.ts'
import type { HoldGiven } from './hold-arguments.ts'
import type { Expr, InputSpec } from '../model/graph.ts'
import type { PNode } from '../source/node.ts'

export type Recipe =
  | { readonly make: 'arguments'; readonly method: string; readonly node?: PNode }
  | { readonly make: 'condition' | 'text' | 'texts'; readonly node: PNode }
  | { readonly make: 'expectation' | 'recorded' | 'answer'; readonly method: string; readonly node: PNode }
  | { readonly make: 'input'; readonly type: InputSpec['type']; readonly node: PNode }
  | { readonly make: 'hold'; readonly given: HoldGiven; readonly node: PNode }
  | { readonly make: 'alert'; readonly given: AlertGiven; readonly node: PNode }
  | { readonly make: 'constant'; readonly value: unknown }

const recipes = new WeakMap<Expr<unknown>, Recipe>()

/** Answers the expression itself. */
export function madeBy<E extends Expr<unknown>>(recipe: Recipe, expr: E): E {
  recipes.set(expr, recipe)
  return expr
}

/** Undefined for what did not compile. */
export const recipeOf = (expr: Expr<unknown>): Recipe | undefined => recipes.get(expr)
