/**
 * Everything that is found out about an expression before it may run: it parses, uses only what it may, fits the shapes of its
 * variables, and could not pass by mistake.
 */
import type { Environment } from '@marcbachmann/cel-js'
import { typeOf, visit, type ASTNode } from './ast.ts'
import { environmentFor, type Typed } from './environment.ts'
import { freeNames } from './free-names.ts'
import { judge } from './judge.ts'
import { restrict, type TextFinding } from './restrict.ts'
import { describe, scalarShape, type Shape } from './shape.ts'
import { describeType, explain } from './type-error.ts'
import { Undetermined } from './undetermined.ts'

export type Variables = Readonly<Record<string, Shape>>

/** What an expression may be asked to yield; `any` is any plain JSON value. An enum value is a string. */
export interface Yields {
  readonly bool: boolean
  readonly string: string
  readonly int: number
  readonly any: unknown
}

export interface Accepted {
  readonly kind: 'accepted'
  readonly ast: ASTNode
  readonly program: (context: Readonly<Record<string, unknown>>) => unknown
  readonly shape: Shape
  readonly reads: readonly string[]
  readonly variables: ReadonlyMap<string, Shape>
}
export interface Refused {
  readonly kind: 'refused'
  readonly findings: readonly TextFinding[]
}

const refused = (...findings: readonly TextFinding[]): Refused => ({ kind: 'refused', findings })

/** Longer expressions are refused unread: the parser recurses over them. */
const maxTextLength = 4000

export function check(
  text: string,
  variables: Variables,
  expected: keyof Yields,
  mustRead: string | undefined,
): Accepted | Refused {
  const whole = { start: 0, end: text.length }
  if (text.trim() === '') return refused({ ...whole, rule: 'expr/syntax', message: 'an expression is missing' })
  if (text.length > maxTextLength)
    return refused({ ...whole, rule: 'expr/syntax', message: `longer than ${String(maxTextLength)} characters` })
  const typed = environmentFor(mentioned(text, variables))
  const parsed = parse(typed, text)
  if (parsed.kind === 'refused') return parsed
  const { ast } = parsed.program
  const restricted = restrict(ast, Object.keys(variables))
  if (restricted.length > 0) return refused(...restricted)
  const types = parsed.program.check()
  if (!types.valid) return refused(explain(types.error, text, typed.shapeOf))
  const reads = freeNames(ast)
  const judged = [...judge(ast, typed.shapeOf), ...constantErrors(ast, text, typed.environment)]
  if (mustRead !== undefined && !reads.includes(mustRead))
    judged.push({
      ...whole,
      rule: 'expr/reads-nothing',
      message: `does not look at \`${mustRead}\`, so it cannot tell`,
    })
  const type = typeOf(ast)
  const shape = type === undefined ? undefined : typed.shapeOf(type)
  if (shape === undefined || !fits(shape, expected))
    judged.push({
      ...whole,
      rule: 'expr/type',
      message: `is ${describeType(type, typed.shapeOf)}; expected ${wanted[expected]}`,
    })
  if (judged.length > 0 || shape === undefined) return refused(...judged)
  guardArithmetic(ast)
  return { kind: 'accepted', ast, program: parsed.program, shape, reads, variables: mentioned(text, variables) }
}

/** Variables whose name occurs at all: fewer to declare, and more expressions that share an environment. */
function mentioned(text: string, variables: Variables): ReadonlyMap<string, Shape> {
  const words = new Set(text.match(/[A-Za-z_]\w*/g))
  return new Map(Object.entries(variables).filter(([name]) => words.has(name)))
}

type Program = ReturnType<Environment['parse']>

function parse(typed: Typed, text: string): { readonly kind: 'parsed'; readonly program: Program } | Refused {
  try {
    return { kind: 'parsed', program: typed.environment.parse(text) }
  } catch (error) {
    return refused(explain(error, text, typed.shapeOf))
  }
}

const wanted: Readonly<Record<keyof Yields, string>> = {
  bool: describe(scalarShape('bool')),
  string: describe(scalarShape('string')),
  int: describe(scalarShape('int')),
  any: 'a plain value',
}

const fits = (shape: Shape, expected: keyof Yields): boolean =>
  expected === 'any' || shape.kind === expected || (expected === 'string' && shape.kind === 'enum')

const conversions: ReadonlySet<string> = new Set(['decimal', 'timestamp', 'duration'])

/** Conversions of literals are tried at once: `decimal("1,5")` can never succeed. */
function constantErrors(root: ASTNode, text: string, environment: Environment): readonly TextFinding[] {
  const found: TextFinding[] = []
  visit(root, (node) => {
    if (node.op !== 'call' || !conversions.has(node.args[0]) || node.args[1][0]?.op !== 'value') return
    try {
      environment.evaluate(text.slice(node.start, node.end))
    } catch {
      const { start, end } = node.args[1][0]
      found.push({ rule: 'expr/literal', message: `is no ${node.args[0]}`, start, end })
    }
  })
  return found
}

const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', '/'])

/** Binary fractions that overflow or divide by zero are undetermined: `!(0.0 / 0.0 > 3.0)` would be true. */
function guardArithmetic(root: ASTNode): void {
  visit(root, (node) => {
    if (!arithmetic.has(node.op) || typeOf(node)?.name !== 'double') return
    const handle: unknown = Reflect.get(node, 'handle')
    if (typeof handle !== 'function') throw new Error('the expression library keeps its operators elsewhere')
    Reflect.set(node, 'handle', (...operands: unknown[]) => {
      const value: unknown = Reflect.apply(handle, undefined, operands)
      if (typeof value === 'number' && Number.isFinite(value)) return value
      throw new Undetermined('not-exact', `${node.op} gives ${String(value)}`)
    })
  })
}
