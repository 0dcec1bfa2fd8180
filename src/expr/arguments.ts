/**
 * The arguments of a method, `with:` in a document: literals are checked against the schema where they stand, interpolations against
 * its shape, and the resolved whole against the schema once more before anything is called.
 */
import * as z from 'zod'
import type { Env, Expr, Span } from '../model/graph.ts'
import type { Finding } from '../source/diagnostic.ts'
import { suggestion } from '../source/suggest.ts'
import type { PMap, PNode, PScalar } from '../source/yaml.ts'
import type { Compiled, Variables } from './compile.ts'
import { asTarget, hintFor, isAssignable } from './assign.ts'
import { describe, shapeOf } from './shape.ts'
import { compileTemplate, hasInterpolation } from './template.ts'
import { Undetermined } from './undetermined.ts'

/** Compiles a node to a plain JSON value of the schema's type. Throws `Unrepresentable` for a schema outside the vocabulary. */
export function compileValue(node: PNode, schema: z.core.$ZodType, variables: Variables): Compiled<unknown> {
  const value = compileNode(node, schema, variables)
  if (value.findings.length > 0) return { findings: value.findings }
  return {
    findings: [],
    shape: shapeOf(schema, 'value'),
    expr: exprOf(node.span, value, (env) => validated(schema, value.resolve(env))),
  }
}

/** Compiles the arguments of a method. `at` is where a missing argument is reported if no mapping is written at all. */
export function compileArguments(
  node: PNode | undefined,
  schema: z.ZodObject,
  variables: Variables,
  at: Span,
): Compiled<Readonly<Record<string, unknown>>> {
  const written: PNode = node ?? { kind: 'map', span: at, entries: [] }
  const value = compileNode(written, schema, variables)
  if (value.findings.length > 0) return { findings: value.findings }
  return {
    findings: [],
    shape: shapeOf(schema, 'arguments'),
    isConstant: value.isConstant,
    expr: exprOf(written.span, value, (env) => validated(schema, value.resolve(env))),
  }
}

const exprOf = <T>(span: Span, { reads, text }: Value, evaluate: (env: Env) => T): Expr<T> => ({
  text,
  span,
  reads,
  evaluate,
})

function validated<T>(schema: z.core.$ZodType<T>, value: unknown): T {
  const parsed = z.safeParse(schema, value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path.join('.') ?? ''
  throw new Undetermined(
    'wrong-type',
    `${path === '' ? 'the value' : path}: ${issue === undefined ? 'invalid' : issue.message}`,
  )
}

/** A compiled part. `isConstant`: it reads nothing, so its value is known now. */
interface Value {
  readonly findings: readonly Finding[]
  readonly reads: readonly string[]
  readonly text: string
  readonly isConstant: boolean
  readonly resolve: (env: Env) => unknown
}

function compileNode(node: PNode, schema: z.core.$ZodType, variables: Variables): Value {
  const inner = unwrapped(schema)
  const value =
    node.kind === 'map'
      ? compileMap(node, inner, variables)
      : node.kind === 'seq'
        ? compileSeq(node, inner, variables)
        : compileScalar(node, schema, variables)
  if (!value.isConstant || value.findings.length > 0) return value
  return { ...value, findings: literalFindings(node, schema, value.resolve({})) }
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable ? unwrapped(schema.unwrap()) : schema
}

const error = (span: Span, rule: string, message: string, hint?: string): Finding => ({
  rule,
  severity: 'error',
  message,
  span,
  ...(hint === undefined ? {} : { hint }),
})

const failed = (...findings: readonly Finding[]): Value => ({
  findings,
  reads: [],
  text: '',
  isConstant: true,
  resolve: () => undefined,
})

function combined(parts: readonly Value[], text: string, resolve: (env: Env) => unknown): Value {
  return {
    findings: parts.flatMap((part) => part.findings),
    reads: [...new Set(parts.flatMap((part) => part.reads))].sort(),
    text,
    isConstant: parts.every((part) => part.isConstant),
    resolve,
  }
}

function compileMap(node: PMap, schema: z.core.$ZodType, variables: Variables): Value {
  if (!(schema instanceof z.ZodObject)) return failed(notThis(node, schema, 'a mapping'))
  const fields: Readonly<Record<string, z.core.$ZodType>> = schema.shape
  const names = Object.keys(fields)
  const findings: Finding[] = []
  const parts: (readonly [string, Value])[] = []
  for (const { key, keySpan, value } of node.entries) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (field !== undefined) parts.push([key, compileNode(value, field, variables)])
    else
      findings.push(
        error(
          keySpan,
          'expr/unknown-argument',
          `no "${key}"; there ${names.length === 0 ? 'is nothing to give' : `are ${names.join(', ')}`}`,
          suggestion(key, names),
        ),
      )
  }
  const missing = names.filter((name) => !node.entries.some(({ key }) => key === name) && !isOptional(fields[name]))
  for (const name of missing) findings.push(error(node.span, 'expr/missing-argument', `"${name}" is missing`))
  const value = combined(
    parts.map(([, part]) => part),
    `{${parts.map(([key, part]) => `${key}: ${part.text}`).join(', ')}}`,
    (env) =>
      Object.fromEntries(
        parts.map(([key, part]) => [key, part.resolve(env)] as const).filter(([, given]) => given !== undefined),
      ),
  )
  return { ...value, findings: [...findings, ...value.findings] }
}

/** Nullable fields still have to be written. */
const isOptional = (schema: z.core.$ZodType | undefined): boolean =>
  schema instanceof z.ZodOptional || (schema instanceof z.ZodNullable && isOptional(schema.unwrap()))

function compileSeq(node: PNode & { kind: 'seq' }, schema: z.core.$ZodType, variables: Variables): Value {
  if (!(schema instanceof z.ZodArray)) return failed(notThis(node, schema, 'a list'))
  const parts = node.items.map((item) => compileNode(item, schema.element, variables))
  return combined(parts, `[${parts.map((part) => part.text).join(', ')}]`, (env) =>
    parts.map((part) => part.resolve(env)),
  )
}

const notThis = (node: PNode, schema: z.core.$ZodType, what: string): Finding =>
  error(node.span, 'expr/argument', `is ${what}; expected ${describe(shapeOf(schema, 'value'))}`)

function compileScalar(node: PScalar, schema: z.core.$ZodType, variables: Variables): Value {
  if (!hasInterpolation(node))
    return { findings: [], reads: [], text: node.text, isConstant: true, resolve: () => node.value }
  const { expr, shape, possible, findings } = compileTemplate(node, variables)
  if (expr === undefined || shape === undefined) return failed(...findings)
  const wanted = shapeOf(schema, 'value')
  const target = wanted.kind === 'optional' ? wanted.of : wanted
  const isAmongValues =
    target.kind === 'enum' && possible !== undefined && possible.every(({ value }) => target.values.includes(value))
  if (!isAmongValues && !isAssignable(shape, wanted))
    return failed(
      error(node.span, 'expr/argument', `is ${describe(shape)}; expected ${describe(target)}`, hintFor(shape, target)),
    )
  return {
    findings: [],
    reads: expr.reads,
    text: expr.text,
    isConstant: false,
    // None leaves an optional argument out; one that may only be null has to be there.
    resolve: (env) => asTarget(expr.evaluate(env), target) ?? (isOptional(schema) ? undefined : null),
  }
}

/** What the schema says against a literal, at the place of the part that it is about. */
function literalFindings(node: PNode, schema: z.core.$ZodType, value: unknown): readonly Finding[] {
  const parsed = z.safeParse(schema, value)
  if (parsed.success) return []
  return parsed.error.issues.map((issue) => {
    const at = descend(node, issue.path)
    const isDecimalNumber =
      at.kind === 'scalar' &&
      typeof at.value === 'number' &&
      issue.code === 'invalid_type' &&
      issue.expected === 'string'
    return error(
      at.span,
      'expr/argument',
      lowerFirst(issue.message),
      isDecimalNumber ? `quote it: "${at.text}"` : undefined,
    )
  })
}

function descend(node: PNode, path: readonly PropertyKey[]): PNode {
  const [step, ...rest] = path
  const next =
    node.kind === 'map'
      ? node.entries.find(({ key }) => key === step)?.value
      : node.kind === 'seq' && typeof step === 'number'
        ? node.items[step]
        : undefined
  return next === undefined ? node : descend(next, rest)
}

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)
