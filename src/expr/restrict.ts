/**
 * What the language has and expressions of procedures may not use: it would switch the type checker off, or let a misspelt name pass.
 * Looked at before types are, so that the answer names the construct and not its consequences.
 */
import { bindingOf, childrenOf, isEmptyList, macros, type ASTNode } from './ast.ts'
import { suggestion } from '../source/suggest.ts'

/** A finding within the text of an expression. */
export interface TextFinding {
  readonly rule: string
  readonly message: string
  readonly start: number
  readonly end: number
  readonly hint?: string
}

const functions: ReadonlySet<string> = new Set([
  'size',
  'string',
  'double',
  'decimal',
  'abs',
  'enough',
  'timestamp',
  'duration',
])
const methods: ReadonlySet<string> = new Set([
  ...macros,
  ...['size', 'startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii', 'trim', 'split', 'join'],
  ...['hasValue', 'value', 'or', 'orValue'],
])

const refusedCalls: Readonly<Record<string, Pick<TextFinding, 'rule' | 'message' | 'hint'>>> = {
  has: {
    rule: 'expr/no-has',
    message: 'has() passes for misspelt fields',
    hint: 'fields that may be absent are optional: use .hasValue() or .orValue()',
  },
  dyn: { rule: 'expr/dynamic', message: 'dyn() switches the type check off' },
  matches: {
    rule: 'expr/unknown-function',
    message: 'regular expressions are not available: one can run for hours',
    hint: 'use startsWith, endsWith or contains',
  },
}

export function restrict(root: ASTNode, variables: Iterable<string>): readonly TextFinding[] {
  const found: TextFinding[] = []
  const report = (node: ASTNode, finding: Pick<TextFinding, 'rule' | 'message' | 'hint'>): void => {
    found.push({ ...finding, start: node.start, end: node.end })
  }
  const walk = (node: ASTNode, known: ReadonlySet<string>): void => {
    const problem = problemOf(node, known)
    if (problem !== undefined) report(node, problem)
    const binding = bindingOf(node)
    if (binding === undefined) {
      for (const child of childrenOf(node)) walk(child, known)
      return
    }
    const name = binding.variable.args
    if (known.has(name))
      report(binding.variable, {
        rule: 'expr/shadow',
        message: `"${name}" already names something here`,
        hint: 'choose another name',
      })
    walk(binding.receiver, known)
    for (const body of binding.bodies) walk(body, new Set([...known, name]))
  }
  walk(root, new Set(variables))
  return found
}

type Problem = Pick<TextFinding, 'rule' | 'message' | 'hint'>

function problemOf(node: ASTNode, known: ReadonlySet<string>): Problem | undefined {
  if (node.op === 'id')
    return known.has(node.args) ? undefined : unknownName('expr/unknown-variable', node.args, 'variable', known)
  if (node.op === 'value') return literalProblem(node.args)
  // Here, since the types of a list without members make no sense to the checker.
  if (isEmptyList(askedForMembers(node))) return emptyList
  if (node.op === 'call') return callProblem(node.args[0], functions)
  if (node.op === 'rcall') return callProblem(node.args[0], methods)
  if (node.op === 'map') return { rule: 'expr/no-map', message: 'maps are not available' }
  if (node.op !== '.?' && node.op !== '[?]') return undefined
  return {
    rule: 'expr/no-optional-access',
    message: `${node.op === '.?' ? '.?' : '[?]'} passes for misspelt fields`,
    hint: 'use .hasValue() or .orValue() on the optional field itself',
  }
}

const emptyList: Problem = {
  rule: 'expr/constant',
  message: 'asks for members of an empty list: it is always the same',
  hint: 'write the values into the list',
}

/** The list in `x in list`, `list[0]` and `list.all(x, ...)`. */
function askedForMembers(node: ASTNode): ASTNode | undefined {
  if (node.op === 'in') return node.args[1]
  return node.op === '[]' ? node.args[0] : bindingOf(node)?.receiver
}

function literalProblem(value: unknown): Problem | undefined {
  if (value === null)
    return { rule: 'expr/no-null', message: 'null is not a value here', hint: 'ask an optional field with .hasValue()' }
  const isPlain = ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
  return isPlain ? undefined : { rule: 'expr/literal', message: 'bytes and unsigned integers are not available' }
}

function callProblem(name: string, allowed: ReadonlySet<string>): Problem | undefined {
  if (allowed.has(name)) return undefined
  return Object.hasOwn(refusedCalls, name)
    ? refusedCalls[name]
    : unknownName('expr/unknown-function', name, 'function', allowed)
}

function unknownName(rule: string, name: string, what: string, known: ReadonlySet<string>): Problem {
  const hint = suggestion(name, known)
  const names = [...known].sort().join(', ')
  return {
    rule,
    message: `no ${what} "${name}"; there ${known.size === 1 ? 'is' : 'are'} ${names === '' ? 'none' : names}`,
    ...(hint === undefined ? {} : { hint }),
  }
}
