/** Makes an expression again from its recipe. */
import { alertArguments } from './alert-arguments.ts'
import { holdArguments } from './hold-arguments.ts'
import type { Recipe } from './recipe.ts'
import type { Scope } from './scope.ts'
import type { Expr } from '../model/graph.ts'
import type { PNode, PScalar } from '../source/node.ts'

/** In a scope with the same names as where it was made first. */
export function follow(recipe: Recipe, scope: Scope): Expr<unknown> {
  switch (recipe.make) {
    case 'arguments': {
      const { method, node } = recipe
      const made = scope.invocation({ method: named(method), with: node?.kind === 'map' ? node : undefined })
      if (made === undefined) throw new Error(`no method ${method}`)
      return made.args
    }
    case 'condition':
      return scope.condition(scalarOf(recipe.node))
    case 'text':
      return scope.text(scalarOf(recipe.node))
    case 'texts':
      return scope.texts(scalarOf(recipe.node))
    case 'expectation':
      return scope.expectation(scalarOf(recipe.node), callOf(recipe.method))
    case 'recorded':
      return scope.recorded(scalarOf(recipe.node), callOf(recipe.method))
    case 'answer':
      return scope.answer(scalarOf(recipe.node), callOf(recipe.method)).expr
    case 'input':
      return scope.input(recipe.node, { type: recipe.type })
    case 'hold':
      return holdArguments(recipe.given, scope.texts(scalarOf(recipe.node)))
    case 'alert':
      return alertArguments(recipe.given, scope.text(scalarOf(recipe.node)))
    case 'constant': {
      const { value } = recipe
      return { text: '', span: nowhere, reads: [], evaluate: () => value }
    }
  }
}

const nowhere = { file: '', start: 0, end: 0 }
const named = (value: string) => ({ value, span: nowhere })
const callOf = (method: string) => ({ method: named(method), with: undefined })

function scalarOf(node: PNode): PScalar {
  if (node.kind === 'scalar') return node
  throw new Error(`a recipe holds a ${node.kind} instead of a scalar`)
}
