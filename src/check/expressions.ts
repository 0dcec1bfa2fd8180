/** Every expression of a node that sees saved names, and what stands for one that did not compile. */
import type { Expr, Invocation, Node, OnFail } from '../model/graph.ts'

/** Stands where an expression did not compile; its graph is never walked. */
export const unreadable: Expr<never> = {
  text: '',
  span: { file: '', start: 0, end: 0 },
  reads: [],
  evaluate: () => {
    throw new Error('this expression did not compile')
  },
}
export const isReadable = (expr: Expr<unknown>): boolean => expr !== unreadable

export function expressionsOf(node: Node): readonly Expr<unknown>[] {
  return [...given(node.when), ...ofFailure(node.onFail), ...ofKind(node)]
}

const given = <T>(expr: Expr<T> | undefined): readonly Expr<T>[] => (expr === undefined ? [] : [expr])
const ofFailure = (onFail: OnFail): readonly Expr<unknown>[] =>
  onFail.kind === 'go' ? Object.values(onFail.inputs) : []
const argsOf = (call: Invocation | undefined): readonly Expr<unknown>[] => (call === undefined ? [] : [call.args])

function ofKind(node: Node): readonly Expr<unknown>[] {
  if (node.kind === 'action')
    return [...argsOf(node.do), ...argsOf(node.undo), ...argsOf(node.settle?.check), ...given(node.settle?.done)]
  if (node.kind === 'check') return [node.check.args, node.expect, ...node.record]
  if (node.kind === 'attest') return [node.ask]
  if (node.kind === 'call') return Object.values(node.inputs)
  if (node.kind !== 'question') return []
  const { ask, look, probe, needs } = node
  return [
    ask,
    ...look,
    ...argsOf(probe?.check),
    ...given(probe?.answer),
    ...argsOf(needs?.check),
    ...given(needs?.holds),
  ]
}

export function savedBy(node: Node): string | undefined {
  if (node.kind === 'question') return node.probe?.save
  return node.kind === 'action' || node.kind === 'check' || node.kind === 'attest' ? node.save : undefined
}
