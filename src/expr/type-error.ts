/** What the parser and the type checker of the language report, in the words of documents. */
import { ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js'
import { textOf, typeOf, type ASTNode, type CelType } from './ast.ts'
import { isBinary } from './facts.ts'
import type { TextFinding } from './restrict.ts'
import { describe, type Shape } from './shape.ts'
import { suggestion } from '../source/suggest.ts'

type ShapeOf = (type: CelType) => Shape | undefined

/** The finding for an error that `parse` or `check` gave. `root` helps to find the node that the error is about. */
export function explain(error: unknown, text: string, shapeOf: ShapeOf): TextFinding {
  if (!(error instanceof ParseError || error instanceof CelTypeError)) {
    const whole = { start: 0, end: text.length }
    const message = error instanceof Error ? error.message : 'cannot be read'
    // Where a list has no type, every operator that takes one fits several times.
    return /^Operator overload .* overlaps with /.test(message)
      ? { ...whole, rule: 'expr/type', message: 'uses a list that is always empty, so its members have no type' }
      : { ...whole, rule: 'expr/syntax', message }
  }
  const start = Math.min(error.range?.start ?? 0, text.length)
  const end = Math.max(start, Math.min(error.range?.end ?? text.length, text.length))
  if (error instanceof ParseError) return { rule: 'expr/syntax', message: syntaxMessage(error), start, end }
  return { ...typeMessage(error, shapeOf), start, end }
}

/** The words for a type; for types without a shape the language's own. */
export function describeType(type: CelType | undefined, shapeOf: ShapeOf): string {
  const shape = type === undefined ? undefined : shapeOf(type)
  return shape !== undefined
    ? describe(shape)
    : type === undefined
      ? 'nothing'
      : type.name.replace(/^google\.protobuf\./, 'a ')
}

const tokens: Readonly<Record<string, string>> = {
  EOF: 'the end',
  RPAREN: '")"',
  LPAREN: '"("',
  RBRACKET: '"]"',
  LBRACKET: '"["',
  RBRACE: '"}"',
  COLON: '":"',
  COMMA: '","',
  DOT: '"."',
  IDENTIFIER: 'a name',
  NUMBER: 'a number',
  STRING: 'text',
  AND: '"&&"',
  OR: '"||"',
  NOT: '"!"',
  EQ: '"=="',
  NE: '"!="',
  QUESTION: '"?"',
}

const syntaxMessage = (error: ParseError): string =>
  error.code === 'limit_exceeded'
    ? 'is too large; split it into several checks'
    : lowerFirst(error.summary.replace(/\b[A-Z]{2,}\b/g, (token) => tokens[token] ?? token.toLowerCase()))

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)

type Words = Pick<TextFinding, 'rule' | 'message' | 'hint'>

function typeMessage(error: CelTypeError, shapeOf: ShapeOf): Words {
  const node = error.node
  if (node !== undefined && isNode(node)) {
    if (error.code === 'no_such_key' && node.op === '.') return unknownField(node.args[0], node.args[1], shapeOf)
    if (error.code === 'cannot_index_type' && node.op === '.') return noFields(node.args[0], node.args[1], shapeOf)
    if (error.code === 'no_such_overload') return noOperator(node, shapeOf)
    if (error.code === 'no_matching_overload') return noFunction(node, shapeOf)
  }
  const message = error.summary.replace(/\b(?:Type\d+|Decimal)\b/g, (name) =>
    describeType({ kind: 'message', name, hasDynType: false }, shapeOf),
  )
  return { rule: 'expr/type', message: lowerFirst(message) }
}

const isNode = (node: object): node is ASTNode => 'op' in node && 'args' in node && typeof node.op === 'string'

function unknownField(from: ASTNode, field: string, shapeOf: ShapeOf): Words {
  const type = typeOf(from)
  const shape = type === undefined ? undefined : shapeOf(type)
  const known = shape?.kind === 'object' ? [...shape.fields.keys()] : []
  const hint = suggestion(field, known)
  return {
    rule: 'expr/unknown-field',
    message: `${textOf(from)} has no field "${field}"; it has ${known.length === 0 ? 'none' : known.join(', ')}`,
    ...(hint === undefined ? {} : { hint }),
  }
}

function noFields(from: ASTNode, field: string, shapeOf: ShapeOf): Words {
  const type = typeOf(from)
  if (type?.kind === 'optional')
    return {
      rule: 'expr/optional',
      message: `${textOf(from)} is optional`,
      hint: `call its methods: .hasValue(), .value(), .orValue()`,
    }
  return {
    rule: 'expr/unknown-field',
    message: `${textOf(from)} is ${describeType(type, shapeOf)} and has no field "${field}"`,
  }
}

function noOperator(node: ASTNode, shapeOf: ShapeOf): Words {
  if (node.op === '!_' || node.op === '-_')
    return {
      rule: 'expr/type',
      message: `${node.op[0] ?? ''} does not take ${describeType(typeOf(node.args), shapeOf)}`,
    }
  if (!isBinary(node)) return { rule: 'expr/type', message: 'the operands do not fit' }
  const absent = node.args.map(throughOptional).find((part) => part !== undefined)
  if (absent !== undefined)
    return {
      rule: 'expr/optional',
      message: `${absent} may be absent`,
      hint: `write ${absent}.hasValue() && ${absent}.value()...`,
    }
  const types = node.args.map(typeOf)
  const hint = operatorHint(types, shapeOf)
  const [left, right] = types.map((type) => describeType(type, shapeOf))
  const message = `${node.op} does not take ${left ?? ''} and ${right ?? ''}`
  return { rule: 'expr/type', message, ...(hint === undefined ? {} : { hint }) }
}

/** The optional value that a field is taken from: the language makes every such field optional, misspelt ones too. */
function throughOptional(node: ASTNode): string | undefined {
  if (node.op !== '.') return undefined
  const [from] = node.args
  return typeOf(from)?.kind === 'optional' ? textOf(from) : throughOptional(from)
}

function operatorHint(types: readonly (CelType | undefined)[], shapeOf: ShapeOf): string | undefined {
  const kinds = new Set(types.map((type) => (type === undefined ? undefined : shapeOf(type)?.kind)))
  if (kinds.has('optional')) return 'ask with .hasValue(), or give a default with .orValue(...)'
  if (kinds.has('decimal') && kinds.has('string')) return 'write decimal("1.5")'
  if (kinds.has('decimal') && kinds.has('double')) return 'write decimal("1.5"); binary fractions are not exact'
  if (kinds.has('double') && kinds.has('int')) return 'write the whole number as 2.0, or convert it with double()'
  if (kinds.has('object')) return 'compare the fields'
  return undefined
}

function noFunction(node: ASTNode, shapeOf: ShapeOf): Words {
  if (node.op !== 'call' && node.op !== 'rcall') return { rule: 'expr/type', message: 'the arguments do not fit' }
  const parts = node.op === 'call' ? node.args[1] : [node.args[1], ...node.args[2]]
  const [first, ...others] = parts.map((part) => describeType(typeOf(part), shapeOf))
  const of = others.length === 0 ? (first ?? 'nothing') : `${first ?? ''} with ${others.join(', ')}`
  const isOptional = parts.some((part) => typeOf(part)?.kind === 'optional')
  return {
    rule: 'expr/type',
    message: `${node.args[0]}() does not take ${of}`,
    ...(isOptional ? { hint: 'ask with .hasValue(), or give a default with .orValue(...)' } : {}),
  }
}
