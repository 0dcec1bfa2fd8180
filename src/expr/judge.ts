/** What passes the type check and would still let a check pass by mistake. Runs on trees whose types are known. */
import type { CelType } from './ast.ts'
import { bindingOf, childrenOf, isEmptyList, textOf, typeOf, type ASTNode } from './ast.ts'
import { hasOneOutcome, ignoresMember, readsNothing } from './constant.ts'
import { isBinary, keyOf, noFacts, union, whenFalse, whenTrue, type Facts } from './facts.ts'
import type { TextFinding } from './restrict.ts'
import { quoted, type Shape } from './shape.ts'
import { suggestion } from '../source/suggest.ts'
import { vacuousProblem, wantedOf } from './vacuous.ts'

type Problem = Pick<TextFinding, 'rule' | 'message' | 'hint'>
type ShapeOf = (type: CelType) => Shape | undefined

export function judge(root: ASTNode, shapeOf: ShapeOf): readonly TextFinding[] {
  const found: TextFinding[] = []
  const walk = (node: ASTNode, facts: Facts, wanted: boolean): void => {
    const vacuous = vacuousProblem(node, facts, wanted)
    const problems = problemsOf(node, facts, shapeOf)
    for (const { at, problem } of vacuous === undefined ? problems : [...problems, { at: node, problem: vacuous }])
      found.push({ ...problem, start: at.start, end: at.end })
    for (const [child, here] of childrenWithFacts(node, facts)) walk(child, here, wantedOf(child, node, wanted))
  }
  walk(root, noFacts, true)
  return found
}

function childrenWithFacts(node: ASTNode, facts: Facts): readonly (readonly [ASTNode, Facts])[] {
  if (node.op === '&&' || node.op === '||') {
    const [left, right] = node.args
    const goesOn = node.op === '&&' ? whenTrue : whenFalse
    // Order matters for values that may be missing; an empty list on either side decides the whole.
    return [
      [left, { ...facts, filled: union(facts, goesOn(right)).filled }],
      [right, union(facts, goesOn(left))],
    ]
  }
  if (node.op === '?:') {
    const [condition, yes, no] = node.args
    return [
      [condition, facts],
      [yes, union(facts, whenTrue(condition))],
      [no, union(facts, whenFalse(condition))],
    ]
  }
  const binding = bindingOf(node)
  const children = binding === undefined ? childrenOf(node) : [binding.receiver, ...binding.bodies]
  return children.map((child) => [child, facts])
}

interface Located {
  readonly at: ASTNode
  readonly problem: Problem
}

function problemsOf(node: ASTNode, facts: Facts, shapeOf: ShapeOf): readonly Located[] {
  const located = (at: ASTNode, problem: Problem | undefined): readonly Located[] =>
    problem === undefined ? [] : [{ at, problem }]
  const access = node.op === '.' || node.op === '[]' ? accessProblem(node.args[0], node.op) : undefined
  if (access !== undefined) return located(node, access)
  if (typeOf(node)?.hasDynType === true)
    return located(node, { rule: 'expr/dynamic', message: 'has no type that could be checked' })
  const always = hasOneOutcome(node, shapeOf) ? constant : undefined
  if (node.op === 'rcall')
    return [...located(node, methodProblem(node.args[0], node.args[1], facts) ?? always), ...memberProblems(node)]
  if (node.op === 'call') return located(node, callProblem(node))
  if (node.op === '!_') return constantProblems([node.args])
  if (node.op === '?:')
    return [...constantProblems([node.args[0]]), ...located(node, sameBranches(node.args[1], node.args[2]))]
  if (!isBinary(node)) return []
  const [left, right] = node.args
  const same = located(node, sameOperands(node) ?? always)
  if (node.op === '&&' || node.op === '||') return [...constantProblems([left, right]), ...same]
  return [
    ...same,
    ...located(node, comparisonProblem(node.op, left, right, shapeOf)),
    ...enumProblems(left, right, shapeOf),
    ...enumProblems(right, left, shapeOf),
  ]
}

function accessProblem(from: ASTNode, op: '.' | '[]'): Problem | undefined {
  const type = typeOf(from)
  if (type?.kind === 'optional')
    return {
      rule: 'expr/optional',
      message: `${textOf(from)} may be absent`,
      hint: `write ${textOf(from)}.hasValue() && ${textOf(from)}.value()...`,
    }
  if (op === '[]' && type?.kind !== 'list')
    return { rule: 'expr/dynamic', message: 'only lists have an index', hint: 'use `.field`' }
  return undefined
}

function methodProblem(name: string, receiver: ASTNode, facts: Facts): Problem | undefined {
  if (name === 'value' && !facts.present.has(keyOf(receiver)))
    return {
      rule: 'expr/unguarded-value',
      message: `${textOf(receiver)} may be absent`,
      hint: `write "${textOf(receiver)}.hasValue() &&" before it, or use .orValue()`,
    }
  return undefined
}

function callProblem(node: ASTNode & { op: 'call' }): Problem | undefined {
  const [name, [argument]] = node.args
  if (name === 'double' && argument !== undefined && typeOf(argument)?.name === 'string')
    return { rule: 'expr/type', message: 'double() of text could be NaN', hint: 'use decimal()' }
  return undefined
}

const constant: Problem = { rule: 'expr/constant', message: 'decides nothing: it is always the same' }

/** A negation reports its own operand. */
const constantProblems = (operands: readonly ASTNode[]): readonly Located[] =>
  operands.filter((operand) => operand.op !== '!_' && readsNothing(operand)).map((at) => ({ at, problem: constant }))

function memberProblems(node: ASTNode): readonly Located[] {
  const at = ignoresMember(node)
  const name = bindingOf(node)?.variable.args
  return at === undefined || name === undefined
    ? []
    : [{ at, problem: { rule: 'expr/reads-nothing', message: `says nothing of \`${name}\`` } }]
}

const sameBranches = (yes: ASTNode, no: ASTNode): Problem | undefined =>
  keyOf(yes) === keyOf(no) ? { rule: 'expr/same-operands', message: 'both branches of ?: are the same' } : undefined

const idempotent: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '&&', '||', '-', '/', '%'])

function sameOperands(node: ASTNode & { args: [ASTNode, ASTNode] }): Problem | undefined {
  const [left, right] = node.args
  return idempotent.has(node.op) && left.op !== 'value' && left.op === right.op && keyOf(left) === keyOf(right)
    ? { rule: 'expr/same-operands', message: `both sides of ${node.op} are the same` }
    : undefined
}

const order: ReadonlySet<string> = new Set(['<', '<=', '>', '>='])

function comparisonProblem(op: string, left: ASTNode, right: ASTNode, shapeOf: ShapeOf): Problem | undefined {
  const [a, b] = [typeOf(left), typeOf(right)]
  if (order.has(op) && a?.name === 'string' && b?.name === 'string')
    return {
      rule: 'expr/text-order',
      message: `${op} on text compares letters: "9" > "10"`,
      hint: 'convert both sides with decimal() or timestamp()',
    }
  const comparesMembers = op === '==' || op === '!=' || op === 'in'
  if (
    comparesMembers &&
    !isEmptyList(left) &&
    !isEmptyList(right) &&
    ![a, b].every((type) => isComparable(type, shapeOf))
  )
    return { rule: 'expr/type', message: `${op} cannot compare objects`, hint: 'compare their fields' }
  return undefined
}

/** Objects and optional values inside lists would compare as unequal whatever they hold. */
function isComparable(type: CelType | undefined, shapeOf: ShapeOf): boolean {
  if (type === undefined) return false
  if (type.kind === 'list') return isComparable(type.valueType, shapeOf)
  return type.kind !== 'optional' && shapeOf(type)?.kind !== 'object'
}

function enumProblems(subject: ASTNode, other: ASTNode, shapeOf: ShapeOf): readonly Located[] {
  const type = typeOf(subject)
  const shape = type === undefined ? undefined : shapeOf(type)
  const values =
    shape?.kind === 'enum'
      ? shape.values
      : shape?.kind === 'list' && shape.of.kind === 'enum'
        ? shape.of.values
        : undefined
  if (values === undefined) return []
  return (other.op === 'list' ? other.args : [other]).flatMap((literal) => {
    if (literal.op !== 'value' || typeof literal.args !== 'string' || values.includes(literal.args)) return []
    const hint = suggestion(literal.args, values)
    const message = `"${literal.args}" is none of ${quoted(values)}`
    return [{ at: literal, problem: { rule: 'expr/enum', message, ...(hint === undefined ? {} : { hint }) } }]
  })
}
