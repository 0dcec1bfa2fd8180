/**
 * What comes out the same whatever was read: `size(x) >= 0`, `a != 1 || a != 2`, `a || !a`. A check that says so passes without
 * evidence, or never; mostly one operator is wrong.
 */
import { bindingOf, typeOf, type ASTNode, type CelType } from './ast.ts'
import { numberIn } from './at-zero.ts'
import { countedList, isBinary, keyOf, mirrored, negated } from './facts.ts'
import { freeNames } from './free-names.ts'
import type { Shape } from './shape.ts'

type ShapeOf = (type: CelType) => Shape | undefined

/** Reads nothing at all: always the same, however it is worked out. */
export const readsNothing = (node: ASTNode): boolean => freeNames(node).length === 0

/** Whether a comparison or a question to a text has one outcome only. */
export function hasOneOutcome(node: ASTNode, shapeOf: ShapeOf): boolean {
  if (node.op === 'rcall') return findsNothing.has(node.args[0]) && isEmptyText(node.args[2][0])
  if (!isBinary(node)) return false
  if (node.op === '&&' || node.op === '||') return decideTogether(node, shapeOf)
  if (node.op === 'in') return coversEnum([claimOf(node, true)], shapeOf)
  const [left, right] = node.args
  return neverNegative(left, node.op, right) || neverNegative(right, mirrored[node.op] ?? '', left)
}

const findsNothing: ReadonlySet<string> = new Set(['contains', 'startsWith', 'endsWith'])
const isEmptyText = (node: ASTNode | undefined): boolean => node?.op === 'value' && node.args === ''

/** A size or an amount compared with what lies below all of them. */
function neverNegative(counting: ASTNode, operator: string, bound: ASTNode): boolean {
  const limit = numberIn(bound)
  if (limit === undefined || !isAmount(counting)) return false
  return operator === '>=' || operator === '<' ? limit <= 0 : limit < 0
}

const isAmount = (node: ASTNode): boolean =>
  countedList(node) !== undefined || (node.op === 'call' && (node.args[0] === 'size' || node.args[0] === 'abs'))

/** What one part of a disjunction says: of `subject`, that it stands in relation to `bound`, or (without one) that it is true. */
interface Claim {
  readonly node: ASTNode
  readonly subject: string
  readonly operator: string
  readonly bound?: ASTNode
}

/** A conjunction is never true where the disjunction of the opposites always is, so one question answers both. */
function decideTogether(node: ASTNode & { readonly args: [ASTNode, ASTNode] }, shapeOf: ShapeOf): boolean {
  const isTrue = node.op === '||'
  const [left, right] = node.args.map((side) => claimsOf(side, isTrue))
  if (left === undefined || right === undefined) return false
  if (left.some((one) => right.some((other) => leaveNothing(one, other)))) return true
  return coversEnum([...left, ...right], shapeOf) && !coversEnum(left, shapeOf) && !coversEnum(right, shapeOf)
}

function claimsOf(node: ASTNode, isTrue: boolean): readonly Claim[] {
  if (node.op === '!_') return claimsOf(node.args, !isTrue)
  if (node.op === (isTrue ? '||' : '&&') && isBinary(node)) return node.args.flatMap((side) => claimsOf(side, isTrue))
  return [claimOf(node, isTrue)]
}

function claimOf(node: ASTNode, isTrue: boolean): Claim {
  const written = mirrored[node.op]
  if (written === undefined || !isBinary(node))
    return { node, subject: keyOf(node), operator: isTrue ? 'true' : 'false' }
  const [left, right] = node.args
  const isTurned = left.op === 'value'
  const facing = isTurned ? written : node.op
  const [subject, bound] = isTurned ? [right, left] : [left, right]
  return { node, subject: keyOf(subject), operator: isTrue ? facing : (negated[facing] ?? ''), bound }
}

/** Whether one of two claims holds whatever their subject is. */
function leaveNothing(one: Claim, other: Claim): boolean {
  if (one.subject !== other.subject) return false
  const [a, b] = [one.bound, other.bound]
  if (a === undefined || b === undefined) return a === b && one.operator !== other.operator
  const order = orderOf(a, b)
  if (order === undefined) return false
  if (order === 'same') return joined(one.operator, other.operator) || joined(other.operator, one.operator)
  if (one.operator === '!=' || other.operator === '!=')
    return one.operator === '!=' ? includes(other, a, b) : includes(one, b, a)
  const [low, high] = order === 'less' ? [one, other] : [other, one]
  // `x > 3 || x < 5`
  return low.operator.startsWith('>') && high.operator.startsWith('<')
}

/** `x < 3 || x >= 3`, and everything wider. */
const joined = (one: string, other: string): boolean =>
  (one === '==' && other === '!=') ||
  (one === '<=' && (other.startsWith('>') || other === '!=')) ||
  (one === '<' && other === '>=') ||
  (one === '>=' && other === '!=')

/** Whether the claim holds for the one value that `!=` leaves out. Their bounds are known to differ. */
function includes({ operator }: Claim, value: ASTNode, bound: ASTNode): boolean {
  const order = orderOf(value, bound)
  return (
    operator === '!=' ||
    (operator.startsWith('<') && order === 'less') ||
    (operator.startsWith('>') && order === 'more')
  )
}

/** Values that are written out can be told apart; others only where they are the same expression. */
function orderOf(a: ASTNode, b: ASTNode): 'same' | 'less' | 'more' | 'other' | undefined {
  const [x, y] = [numberIn(a), numberIn(b)]
  if (x !== undefined && y !== undefined) return x === y ? 'same' : x < y ? 'less' : 'more'
  if (keyOf(a) === keyOf(b)) return 'same'
  return a.op === 'value' && b.op === 'value' ? 'other' : undefined
}

/** Each of the values that something may have is accepted. */
function coversEnum(claims: readonly Claim[], shapeOf: ShapeOf): boolean {
  return claims.some(({ node }) => {
    const subject = isBinary(node) ? node.args[0] : undefined
    const type = subject === undefined ? undefined : typeOf(subject)
    const shape = type === undefined ? undefined : shapeOf(type)
    const values = shape?.kind === 'enum' ? shape.values : shape?.kind === 'bool' ? [true, false] : undefined
    if (subject === undefined || values === undefined) return false
    const accepted = new Set(claims.flatMap((claim) => acceptedBy(claim, keyOf(subject))))
    return values.every((value) => accepted.has(value))
  })
}

function acceptedBy({ node, subject, operator, bound }: Claim, wanted: string): readonly unknown[] {
  if (bound !== undefined) return operator === '==' && subject === wanted && bound.op === 'value' ? [bound.args] : []
  if (node.op !== 'in' || operator !== 'true' || keyOf(node.args[0]) !== wanted) return []
  const list = node.args[1]
  return list.op === 'list' ? list.args.flatMap((each) => (each.op === 'value' ? [each.args] : [])) : []
}

/** A member's condition that says nothing of the member: `hosts.all(h, prior.ready)`. */
export function ignoresMember(node: ASTNode): ASTNode | undefined {
  const binding = bindingOf(node)
  if (binding === undefined || binding.macro === 'map') return undefined
  return binding.bodies.find((body) => !freeNames(body).includes(binding.variable.args))
}
