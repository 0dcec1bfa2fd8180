/**
 * From the text of an expression in a file to something that can be evaluated with plain JSON values. All findings carry the exact
 * place in the file.
 */
import type { Env, Expr, Span } from '../model/graph.ts'
import type { Finding } from '../source/diagnostic.ts'
import type { ASTNode } from './ast.ts'
import { check, type Accepted, type Variables, type Yields } from './check.ts'
import { toCel, toPlain } from './convert.ts'
import type { TextFinding } from './restrict.ts'
import type { Shape } from './shape.ts'
import { Undetermined } from './undetermined.ts'

export type { Variables, Yields } from './check.ts'

/** The text of an expression, and where each of its characters stands: `offsets` has one entry more than `text`. */
export interface Located {
  readonly file: string
  readonly text: string
  readonly offsets: readonly number[]
}

export interface Request<K extends keyof Yields> extends Located {
  readonly variables: Variables
  readonly expected: K
  /** A variable without which the expression would say nothing: `result` for an `expect`. */
  readonly mustRead?: string
}

/** A text that an expression may yield, and where it is written. */
export interface Possible {
  readonly value: string
  readonly span: Span
}

export interface Compiled<T> {
  /** Absent when there are errors. */
  readonly expr?: Expr<T>
  /** The shape of its value. Absent when there are errors. */
  readonly shape?: Shape
  /** All texts that it can yield, where that can be told: a choice between literals, or an enum. */
  readonly possible?: readonly Possible[]
  /** Nothing that a run knows can change its value. */
  readonly isConstant?: boolean
  readonly findings: readonly Finding[]
}

export function compileExpression<K extends keyof Yields>(request: Request<K>): Compiled<Yields[K]> {
  const checked = check(request.text, request.variables, request.expected, request.mustRead)
  if (checked.kind === 'refused') return { findings: checked.findings.map((finding) => placed(request, finding)) }
  const isExpected = guards[request.expected]
  const span = spanIn(request, 0, request.text.length)
  const { shape } = checked
  const possible = possibleTexts(checked.ast, shape, request)
  const evaluateWith = evaluator(checked)
  return {
    shape,
    findings: [],
    ...(possible === undefined ? {} : { possible }),
    expr: {
      text: request.text.trim(),
      span,
      reads: checked.reads,
      evaluate: (env) => {
        const value = evaluateWith(env)
        if (isExpected(value)) return value
        throw new Undetermined('wrong-type', `the value is no ${request.expected}`)
      },
    },
  }
}

/** A stretch of the text as a place in the file. */
export const spanIn = ({ file, offsets }: Located, start: number, end: number): Span => {
  const from = offsets[start] ?? 0
  return { file, start: from, end: Math.max(from, offsets[end] ?? from) }
}

const placed = (where: Located, { start, end, ...rest }: TextFinding): Finding => ({
  ...rest,
  severity: 'error',
  span: spanIn(where, start, end),
})

const guards: { readonly [K in keyof Yields]: (value: unknown) => value is Yields[K] } = {
  bool: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  int: (value) => typeof value === 'number',
  any: (_value): _value is unknown => true,
}

/** Evaluates with plain JSON values. Whatever goes wrong is `Undetermined`. */
function evaluator({ program, reads, variables }: Accepted): (env: Env) => unknown {
  return (env) => {
    const context: Record<string, unknown> = {}
    for (const name of reads) {
      const shape = variables.get(name)
      if (shape !== undefined) context[name] = toCel(shape, Object.hasOwn(env, name) ? env[name] : undefined, name)
    }
    try {
      return toPlain(program(context))
    } catch (error) {
      if (error instanceof Undetermined) throw error
      throw new Undetermined('failed', reasonOf(error))
    }
  }
}

/** The library's message holds a drawing below the sentence; its handlers may wrap ours. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the evaluation failed'
  const summary: unknown = Reflect.get(error, 'summary')
  return typeof summary === 'string' ? summary : (error.message.split('\n')[0] ?? '')
}

function possibleTexts(ast: ASTNode, shape: Shape, where: Located): readonly Possible[] | undefined {
  const all = (node: ASTNode): readonly Possible[] | undefined => {
    if (node.op === 'value' && typeof node.args === 'string')
      return [{ value: node.args, span: spanIn(where, node.start, node.end) }]
    if (node.op !== '?:') return undefined
    const [yes, no] = [all(node.args[1]), all(node.args[2])]
    return yes === undefined || no === undefined ? undefined : [...yes, ...no]
  }
  if (shape.kind !== 'enum') return all(ast)
  const span = spanIn(where, ast.start, ast.end)
  return shape.values.map((value) => ({ value, span }))
}
