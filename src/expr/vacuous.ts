/**
 * What comes out true over an empty list, and so says nothing: `x.all(...)`, and whatever is the same in other words:
 * `!x.exists(...)`, `size(x.filter(...)) == 0`, `!("bad" in x.map(...))`.
 */
import { bindingOf, textOf, type ASTNode } from './ast.ts'
import { countedWithin, outcomeAtZero, source } from './at-zero.ts'
import { countedIn, holdsAtZero, isBinary, keyOf, type Facts } from './facts.ts'
import type { TextFinding } from './restrict.ts'

/** `wanted`: whether the whole rather holds where this comes out true, or where it comes out false. */
export function vacuousProblem(
  node: ASTNode,
  facts: Facts,
  wanted: boolean,
): Pick<TextFinding, 'rule' | 'message' | 'hint'> | undefined {
  const list = sifted(node, wanted).find((each) => !isFilled(each, facts))
  if (list === undefined) return undefined
  return {
    rule: 'expr/vacuous-all',
    message: 'passes on an empty list',
    hint: `add "size(${textOf(list)}) > 0 &&", or compare its size with the number that is expected`,
  }
}

/** The lists of which nothing needs to be there for this to come out as wanted. */
function sifted(node: ASTNode, wanted: boolean): readonly ASTNode[] {
  const binding = bindingOf(node)
  if (binding?.macro === 'all') return [binding.receiver]
  if (binding?.macro === 'exists' || binding?.macro === 'exists_one') return wanted ? [] : [binding.receiver]
  if (!isBinary(node)) return []
  const [left, right] = node.args
  const counted = node.args.flatMap(countedWithin).flatMap(siftedFrom)
  if (counted.length > 0) return counted.filter((from) => holdsWithout(from, node, wanted))
  if (node.op === 'in') return wanted ? [] : gatheredFrom(right)
  if (node.op !== (wanted ? '==' : '!=')) return []
  return isEmptyList(right) ? siftedFrom(left) : isEmptyList(left) ? siftedFrom(right) : []
}

function holdsWithout(from: ASTNode, node: ASTNode, wanted: boolean): boolean {
  const outcome = outcomeAtZero(node, from)
  if (outcome !== undefined) return outcome === wanted
  return countedIn(node, wanted).some((each) => siftedFrom(each.list).includes(from) && holdsAtZero(each))
}

function siftedFrom(list: ASTNode): readonly ASTNode[] {
  const from = source(list)
  return from === undefined ? [] : [from]
}

/** What a list was made from, one member for each or for some. */
function gatheredFrom(list: ASTNode): readonly ASTNode[] {
  const binding = bindingOf(list)
  if (binding?.macro !== 'filter' && binding?.macro !== 'map') return []
  const further = gatheredFrom(binding.receiver)
  return further.length > 0 ? further : [binding.receiver]
}

/** How a part of an expression contributes to it. What is neither joined nor negated is asked for as it stands. */
export function wantedOf(child: ASTNode, node: ASTNode, wanted: boolean): boolean {
  if (node.op === '!_') return !wanted
  if (node.op === '&&' || node.op === '||') return wanted
  if (node.op === '?:') {
    const [condition, yes, no] = node.args
    return child === condition ? !isLiterally(yes, !wanted) && !isLiterally(no, wanted) : wanted
  }
  if (node.op === '==' || node.op === '!=') {
    const other = node.args.find((each) => each !== child)
    const isDenied = other !== undefined && isLiterally(other, node.op !== '==')
    return isDenied ? !wanted : wanted
  }
  const macro = bindingOf(node)?.macro
  return macro === 'all' || macro === 'exists' ? wanted : true
}

/** `map` keeps the size of its list; a literal list with members is never empty. */
function isFilled(list: ASTNode, facts: Facts): boolean {
  if (facts.filled.has(keyOf(list)) || (list.op === 'list' && list.args.length > 0)) return true
  const binding = bindingOf(list)
  return binding?.macro === 'map' && binding.bodies.length === 1 && isFilled(binding.receiver, facts)
}

const isEmptyList = (node: ASTNode): boolean => node.op === 'list' && node.args.length === 0
const isLiterally = (node: ASTNode, value: boolean): boolean => node.op === 'value' && node.args === value
