/** The variables that an expression reads, without the names that it binds itself. */
import { bindingOf, childrenOf, type ASTNode } from './ast.ts'

export function freeNames(root: ASTNode): readonly string[] {
  const names = new Set<string>()
  const walk = (node: ASTNode, bound: ReadonlySet<string>): void => {
    if (node.op === 'id' && !bound.has(node.args)) names.add(node.args)
    const binding = bindingOf(node)
    if (binding === undefined) for (const child of childrenOf(node)) walk(child, bound)
    else {
      walk(binding.receiver, bound)
      for (const body of binding.bodies) walk(body, new Set([...bound, binding.variable.args]))
    }
  }
  walk(root, new Set())
  return [...names].sort()
}
