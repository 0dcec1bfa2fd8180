/**
 * What comes out true over an empty list, and so says nothing: `x.all(...)`, and whatever is the same in other words:
 * `!x.exists(...)`, `size(x.filter(...)) == 0`.
 */
import { bindingOf, type ASTNode } from './ast.ts'
import { countedIn, holdsAtZero, keyOf, type Facts } from './facts.ts'
import type { TextFinding } from './restrict.ts'

/** `wanted`: whether the whole rather holds where this comes out true, or where it comes out false. */
export function vacuousProblem(
  node: ASTNode,
  facts: Facts,
  wanted: boolean,
): Pick<TextFinding, 'rule' | 'message' | 'hint'> | undefined {
  const list = sifted(node, wanted)
  if (list === undefined || isFilled(list, facts)) return undefined
  return {
    rule: 'expr/vacuous-all',
    message: 'passes on an empty list',
    hint: `add "size(${keyOf(list)}) > 0 &&", or compare its size with the number that is expected`,
  }
}

/** The list of which nothing needs to be there for this to come out as wanted. */
function sifted(node: ASTNode, wanted: boolean): ASTNode | undefined {
  const binding = bindingOf(node)
  if (binding?.macro === 'all') return binding.receiver
  if (binding?.macro === 'exists' || binding?.macro === 'exists_one') return wanted ? undefined : binding.receiver
  const counted = countedIn(node, wanted)
  if (counted !== undefined) return holdsAtZero(counted) ? source(counted.list) : undefined
  if (node.op !== (wanted ? '==' : '!=')) return undefined
  const [left, right] = node.args
  return isEmptyList(right) ? source(left) : isEmptyList(left) ? source(right) : undefined
}

/** What a filter went through; a list as it was read is not sifted, and its own size may well be what matters. */
function source(list: ASTNode): ASTNode | undefined {
  const binding = bindingOf(list)
  if (binding?.macro === 'filter') return source(binding.receiver) ?? binding.receiver
  return binding?.macro === 'map' ? source(binding.receiver) : undefined
}

/** How a part of an expression contributes to it. What is neither joined nor negated is asked for as it stands. */
export function wantedOf(child: ASTNode, node: ASTNode, wanted: boolean): boolean {
  if (node.op === '!_') return !wanted
  if (node.op === '&&' || node.op === '||') return wanted
  if (node.op === '?:') return child === node.args[0] ? !isLiterally(node.args[1], false) : wanted
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
