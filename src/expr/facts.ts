/**
 * What is certain at a place inside an expression because of what stands around it: which lists are not empty, which optional values
 * are there. `size(x) > 0 && x.all(...)`, `x.hasValue() ? x.value() : ...`.
 */
import { childrenOf, contains, typeOf, type ASTNode } from './ast.ts'

export interface Facts {
  /** Lists with a member, or whose emptiness the author has dealt with; as keys. */
  readonly filled: ReadonlySet<string>
  /** Optional values that are there. */
  readonly present: ReadonlySet<string>
}

export const noFacts: Facts = { filled: new Set(), present: new Set() }

export const union = (a: Facts, b: Facts): Facts => ({
  filled: new Set([...a.filled, ...b.filled]),
  present: new Set([...a.present, ...b.present]),
})

/** The same expression has the same key, however it is spaced. */
export function keyOf(node: ASTNode): string {
  const known = keys.get(node)
  if (known !== undefined) return known
  const key = `${node.op} ${ownPart(node)}(${childrenOf(node).map(keyOf).join()})`
  keys.set(node, key)
  return key
}

const keys = new WeakMap<ASTNode, string>()

/** What a node says beside its children: a name, or a literal with its type. */
function ownPart(node: ASTNode): string {
  if (node.op === 'id') return node.args
  if (node.op === 'call' || node.op === 'rcall') return node.args[0]
  if (node.op === '.' || node.op === '.?') return node.args[1]
  if (node.op !== 'value') return ''
  return typeof node.args === 'string' ? JSON.stringify(node.args) : `${typeof node.args} ${String(node.args)}`
}

/** What holds where `node` has come out true. */
export function whenTrue(node: ASTNode): Facts {
  if (node.op === '&&') return union(whenTrue(node.args[0]), whenTrue(node.args[1]))
  if (node.op === '!_') return whenFalse(node.args)
  if (node.op === 'rcall' && node.args[0] === 'hasValue') return { ...noFacts, present: new Set([keyOf(node.args[1])]) }
  return { ...noFacts, filled: filledBy(node, true) }
}

/** What holds where `node` has come out false. */
export function whenFalse(node: ASTNode): Facts {
  if (node.op === '||') return union(whenFalse(node.args[0]), whenFalse(node.args[1]))
  if (node.op === '!_') return whenTrue(node.args)
  return { ...noFacts, filled: filledBy(node, false) }
}

export const mirrored: Readonly<Record<string, string>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
}
export const negated: Readonly<Record<string, string>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
}

/** `size(list) operator bound`, as it stands where the comparison comes out as `outcome`. */
interface Counted {
  readonly list: ASTNode
  readonly operator: string
  readonly bound: ASTNode
}

/** Where both sides count a list, the comparison is read from either. */
export function countedIn(node: ASTNode, outcome: boolean): readonly Counted[] {
  const written = mirrored[node.op]
  if (written === undefined || !isBinary(node)) return []
  const [left, right] = node.args
  const read = (counting: ASTNode, facing: string, bound: ASTNode): readonly Counted[] => {
    const list = countedList(counting)
    return list === undefined ? [] : [{ list, operator: outcome ? facing : (negated[facing] ?? ''), bound }]
  }
  return [...read(left, node.op, right), ...read(right, written, left)]
}

/** The lists that a comparison of their sizes, coming out as `outcome`, proves to have a member. */
const filledBy = (node: ASTNode, outcome: boolean): ReadonlySet<string> =>
  new Set(
    countedIn(node, outcome)
      .filter(({ operator, bound, list }) => impliesMember(operator, bound, list))
      .map(({ list }) => keyOf(list)),
  )

/** Whether the comparison comes out true, or may, where the list has no member. */
export function holdsAtZero({ operator, bound, list }: Counted): boolean {
  if (bound.op === 'value' && typeof bound.args === 'bigint') {
    const { args } = bound
    switch (operator) {
      case '==':
        return args === 0n
      case '!=':
        return args !== 0n
      case '<':
        return args > 0n
      case '<=':
        return args >= 0n
      case '>':
        return args < 0n
      default:
        return args <= 0n
    }
  }
  return operator === '<' || operator === '<=' || (operator !== '!=' && operator !== '>' && sharesSource(bound, list))
}

function impliesMember(operator: string, bound: ASTNode, list: ASTNode): boolean {
  if (bound.op === 'value' && typeof bound.args === 'bigint') {
    if (operator === '>' || operator === '!=') return bound.args >= 0n && (operator === '>' || bound.args === 0n)
    return (operator === '>=' || operator === '==') && bound.args > 0n
  }
  // No list has fewer than no members.
  if (operator === '>' && countedList(bound) !== undefined) return true
  // An expected number from elsewhere; one from the same answer may be zero together with the list.
  return (operator === '==' || operator === '>=') && !sharesSource(bound, list)
}

/** A bound that names nothing, counts a list, or is read from where the list is. */
function sharesSource(bound: ASTNode, list: ASTNode): boolean {
  const reads = (name: string) => (node: ASTNode) => node.op === 'id' && node.args === name
  if (!contains(bound, (node) => node.op === 'id')) return true
  return contains(
    bound,
    (node) => countedList(node) !== undefined || (node.op === 'id' && contains(list, reads(node.args))),
  )
}

/** The list in `size(list)` or `list.size()`. */
export function countedList(node: ASTNode): ASTNode | undefined {
  const counted =
    node.op === 'call' && node.args[0] === 'size'
      ? node.args[1][0]
      : node.op === 'rcall' && node.args[0] === 'size'
        ? node.args[1]
        : undefined
  return counted !== undefined && typeOf(counted)?.kind === 'list' ? counted : undefined
}

const binary: ReadonlySet<string> = new Set([
  '!=',
  '==',
  'in',
  '+',
  '-',
  '*',
  '/',
  '%',
  '<',
  '<=',
  '>',
  '>=',
  '&&',
  '||',
])
type BinaryNode = ASTNode & { readonly args: [ASTNode, ASTNode] }
export const isBinary = (node: ASTNode): node is BinaryNode => binary.has(node.op)
