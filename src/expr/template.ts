/** Text with `${{ ... }}` in it. A scalar that is nothing but one interpolation keeps its type; everything else becomes text. */
import type { Expr } from '../model/graph.ts'
import type { Finding } from '../source/diagnostic.ts'
import type { PScalar } from '../source/yaml.ts'
import { compileExpression, spanIn, type Compiled, type Located, type Variables } from './compile.ts'
import { describe, scalarShape, type Shape } from './shape.ts'
import { Undetermined } from './undetermined.ts'

export const hasInterpolation = (scalar: PScalar): boolean =>
  typeof scalar.value === 'string' && scalar.text.includes(opening)

const opening = '${{'
const closing = '}}'

/** Compiles a scalar: a plain value stays what it is, one interpolation keeps its type, mixed text is concatenated. */
export function compileTemplate(scalar: PScalar, variables: Variables): Compiled<unknown> {
  if (typeof scalar.value !== 'string') return constant(scalar, scalar.value, shapeOfPlain(scalar.value))
  const { pieces, findings } = split(located(scalar))
  if (findings.length > 0) return { findings }
  const [first] = pieces
  if (pieces.length === 1 && first?.kind === 'expression') {
    const compiled = compileExpression({ ...first.located, variables, expected: 'any' })
    return compiled.expr === undefined ? compiled : { ...compiled, expr: { ...compiled.expr, span: scalar.span } }
  }
  return compileText(scalar, variables)
}

/** Compiles a scalar whose value is text whatever stands in it: titles, questions, names of resources. */
export function compileText(scalar: PScalar, variables: Variables): Compiled<string> {
  const { pieces, findings } = split(located(scalar))
  const parts: ((env: Parameters<Expr<string>['evaluate']>[0]) => string)[] = []
  const reads = new Set<string>()
  const all: Finding[] = [...findings]
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      parts.push(() => piece.text)
      continue
    }
    const { expr, shape, findings: own } = compileExpression({ ...piece.located, variables, expected: 'any' })
    all.push(...own)
    if (expr === undefined || shape === undefined) continue
    if (!isPrintable(shape)) all.push(unprintable(piece.located, shape))
    for (const name of expr.reads) reads.add(name)
    parts.push((env) => print(expr.evaluate(env)))
  }
  if (all.length > 0) return { findings: all }
  return {
    findings: [],
    shape: scalarShape('string'),
    expr: {
      text: scalar.text,
      span: scalar.span,
      reads: [...reads].sort(),
      evaluate: (env) => parts.map((part) => part(env)).join(''),
    },
  }
}

const located = (scalar: PScalar): Located => ({ file: scalar.span.file, text: scalar.text, offsets: scalar.offsets })

/** A value that is written down: it reads nothing. */
function constant(scalar: PScalar, value: unknown, shape: Shape | undefined): Compiled<unknown> {
  const expr = { text: scalar.text, span: scalar.span, reads: [], evaluate: () => value }
  return { findings: [], expr, ...(shape === undefined ? {} : { shape }) }
}

const shapeOfPlain = (value: number | boolean | null): Shape | undefined =>
  value === null
    ? undefined
    : scalarShape(typeof value === 'boolean' ? 'bool' : Number.isInteger(value) ? 'int' : 'double')

type Piece =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'expression'; readonly located: Located }

function split(where: Located): { readonly pieces: readonly Piece[]; readonly findings: readonly Finding[] } {
  const { text } = where
  const pieces: Piece[] = []
  let at = 0
  for (;;) {
    const start = text.indexOf(opening, at)
    if (start !== at && at < text.length)
      pieces.push({ kind: 'text', text: text.slice(at, start < 0 ? undefined : start) })
    if (start < 0) return { pieces, findings: [] }
    const end = closingAfter(text, start + opening.length)
    if (end === undefined) {
      const span = spanIn(where, start, start + opening.length)
      const message = `\`${opening}\` without \`${closing}\``
      return { pieces, findings: [{ rule: 'expr/unclosed', severity: 'error', message, span }] }
    }
    pieces.push({ kind: 'expression', located: slice(where, start + opening.length, end) })
    at = end + closing.length
  }
}

/** The next `}}` that stands in no quotes. */
function closingAfter(text: string, from: number): number | undefined {
  let quote: string | undefined
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (quote !== undefined) {
      if (character === '\\') at++
      else if (character === quote) quote = undefined
    } else if (character === '"' || character === "'") quote = character
    else if (text.startsWith(closing, at)) return at
  }
  return undefined
}

/** The stretch without the blanks around it. */
function slice({ file, text, offsets }: Located, start: number, end: number): Located {
  let [from, to] = [start, end]
  while (from < to && /\s/.test(text[from] ?? '')) from++
  while (to > from && /\s/.test(text[to - 1] ?? '')) to--
  return { file, text: text.slice(from, to), offsets: offsets.slice(from, to + 1) }
}

const isPrintable = ({ kind }: Shape): boolean => kind !== 'object' && kind !== 'list' && kind !== 'optional'

const unprintable = (where: Located, shape: Shape): Finding => ({
  rule: 'expr/type',
  severity: 'error',
  message: `${describe(shape)} has no text`,
  span: spanIn(where, 0, where.text.length),
  hint: shape.kind === 'optional' ? 'give a default with .orValue(...)' : 'name one of its fields',
})

function print(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new Undetermined('wrong-type', 'the value has no text')
}
