/** What comes out of counting where there is nothing to count: `size(list.filter(...)) * 100 < 5 * size(list) + 1` holds then. */
import { bindingOf, childrenOf, type ASTNode } from './ast.ts'
import { countedList, isBinary, keyOf } from './facts.ts'

/** What a filter went through; a list as it was read is not sifted, and its own size may well be what matters. */
export function source(list: ASTNode): ASTNode | undefined {
  const binding = bindingOf(list)
  if (binding?.macro === 'filter') return source(binding.receiver) ?? binding.receiver
  return binding?.macro === 'map' ? source(binding.receiver) : undefined
}

/** Lists that are counted somewhere in a number. What is counted for each member of another list is another matter. */
export function countedWithin(node: ASTNode): readonly ASTNode[] {
  const list = countedList(node)
  if (list !== undefined) return [list]
  return bindingOf(node) === undefined ? childrenOf(node).flatMap(countedWithin) : []
}

/** How a comparison comes out where `from` has no member; nothing where that hangs on something else. */
export function outcomeAtZero(node: ASTNode, from: ASTNode): boolean | undefined {
  if (!isBinary(node)) return undefined
  const [left, right] = node.args
  const a = numberAtZero(left, from)
  if (a === undefined) return undefined
  if (node.op === 'in') {
    const members = right.op === 'list' ? right.args.map((each) => numberAtZero(each, from)) : [undefined]
    return members.includes(a) ? true : members.includes(undefined) ? undefined : false
  }
  const b = numberAtZero(right, from)
  return b === undefined ? undefined : compared[node.op]?.(a, b)
}

const compared: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
}
const computed: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
}

function numberAtZero(node: ASTNode, from: ASTNode): number | undefined {
  const literal = numberIn(node)
  if (literal !== undefined) return literal
  const list = countedList(node)
  if (list !== undefined) return keyOf(source(list) ?? list) === keyOf(from) ? 0 : undefined
  if (node.op === 'call' && node.args[0] === 'double' && node.args[1][0] !== undefined)
    return numberAtZero(node.args[1][0], from)
  const operator = computed[node.op]
  if (operator === undefined || !isBinary(node)) return undefined
  const [a, b] = node.args.map((each) => numberAtZero(each, from))
  return a === undefined || b === undefined ? undefined : operator(a, b)
}

/** A number as it is written, with its sign. */
export function numberIn(node: ASTNode): number | undefined {
  if (node.op === '-_') {
    const positive = numberIn(node.args)
    return positive === undefined ? undefined : -positive
  }
  return node.op === 'value' && (typeof node.args === 'bigint' || typeof node.args === 'number')
    ? Number(node.args)
    : undefined
}
