/** Reading syntax trees of expressions. The types that the checker leaves on the nodes are undocumented, hence the pinned version. */
import { serialize, type ASTNode } from '@marcbachmann/cel-js'

export type { ASTNode }

export function childrenOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === 'value' || node.op === 'id') return []
  if (node.op === '.' || node.op === '.?') return [node.args[0]]
  if (node.op === 'call') return node.args[1]
  if (node.op === 'rcall') return [node.args[1], ...node.args[2]]
  if (node.op === 'map') return node.args.flat()
  if (node.op === '!_' || node.op === '-_') return [node.args]
  return node.args
}

export const macros: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

/** `list.all(x, ...)` and its kin: what is gone through, the name that it binds, and where the name holds. */
export interface Binding {
  readonly macro: string
  readonly receiver: ASTNode
  readonly variable: ASTNode & { readonly op: 'id' }
  readonly bodies: readonly ASTNode[]
}

export function bindingOf(node: ASTNode): Binding | undefined {
  if (node.op !== 'rcall') return undefined
  const [macro, receiver, [variable, ...bodies]] = node.args
  return macros.has(macro) && variable?.op === 'id' && bodies.length > 0
    ? { macro, receiver, variable, bodies }
    : undefined
}

/** An expression as a message shows it: spaced alike, however it was written. */
export const textOf = (node: ASTNode): string => serialize(node)

/** The type that the checker found for a node. */
export interface CelType {
  readonly kind: string
  readonly name: string
  readonly valueType?: CelType | undefined
  readonly hasDynType: boolean
}

export function typeOf(node: ASTNode): CelType | undefined {
  const type: unknown = Reflect.get(node, 'checkedType')
  return isCelType(type) ? type : undefined
}

const isCelType = (type: unknown): type is CelType =>
  typeof type === 'object' && type !== null && 'kind' in type && 'name' in type && 'hasDynType' in type

/** Goes through all nodes from the root down. */
export function visit(node: ASTNode, on: (node: ASTNode) => void): void {
  on(node)
  for (const child of childrenOf(node)) visit(child, on)
}

/** Whether some node of the tree is like that. */
export const contains = (node: ASTNode, test: (node: ASTNode) => boolean): boolean =>
  test(node) || childrenOf(node).some((child) => contains(child, test))

/** `[]` as it is written. */
export const isEmptyList = (node: ASTNode | undefined): boolean => node?.op === 'list' && node.args.length === 0
