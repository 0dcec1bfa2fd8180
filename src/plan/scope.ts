/** Compiling the expressions of one document: what they may see, and where their findings go. */
import * as z from 'zod'
import { isReadable, unreadable } from '../check/expressions.ts'
import { savesOf } from '../check/one-name-one-value.ts'
import type { Catalogue } from '../check/rule.ts'
import { configView } from '../config/view.ts'
import { compileArguments, compileValue } from '../expr/arguments.ts'
import { compileExpression, type Compiled, type Possible, type Variables } from '../expr/compile.ts'
import { compileTemplate, compileText } from '../expr/template.ts'
import { fromInputs, shapeOf, type Shape } from '../expr/shape.ts'
import type { Expr, InputSpec, Invocation } from '../model/graph.ts'
import { once } from '../model/once.ts'
import type { Document, MethodCall } from '../parse/document.ts'
import { decimal, type MethodDefinition } from '../ports/method.ts'
import type { Finding } from '../source/diagnostic.ts'
import type { PMap, PNode, PScalar } from '../source/yaml.ts'
import { madeBy, type Recipe } from './recipe.ts'

/** What an attest saves: who said so, what was said, when. */
/** What a statement saves; with words to choose from, its reason is one of them. */
const attested = (of: readonly string[]) =>
  z.strictObject({ by: z.string(), reason: of.length === 0 ? z.string() : z.enum(of), at: z.string() })
const runView = once(() => z.strictObject({ id: z.string(), openedAt: z.string(), closedSession: z.iso.date() }))
const inputSchemas = once(() => ({ string: z.string(), int: z.int(), decimal, bool: z.boolean() }))

const readTimeoutMs = 10_000
const effectTimeoutMs = 30_000

/** What expressions of a document may name besides what all may. */
export interface Names {
  /** Runbooks. */
  readonly inputs?: readonly InputSpec[]
  /** Saved names, each with the method (or `attest`) that it is saved from. */
  readonly saves: readonly (readonly [name: string, from: string])[]
  /** Names that exist but could not be read. */
  readonly lost: readonly string[]
}

export const namesOf = (document: Document): Names => ({
  ...(document.kind === 'runbook' || document.kind === 'incident'
    ? { inputs: document.inputs.map(({ span: _span, ...spec }) => spec) }
    : {}),
  saves: savesOf(document).map(({ name, from }) => [name.value, from]),
  lost: [...document.lostNames],
})

export class Scope {
  readonly catalogue: Catalogue
  private readonly report: (finding: Finding) => void
  /** Names that exist but whose values are unknown: expressions with them are left alone. */
  private readonly lost: Set<string>
  private readonly variables: Record<string, Shape>

  constructor(names: Names, catalogue: Catalogue, report: (finding: Finding) => void) {
    this.catalogue = catalogue
    this.report = report
    this.lost = new Set(names.lost)
    this.variables = { config: shapeOf(configView(), 'config'), run: shapeOf(runView(), 'run') }
    if (names.inputs !== undefined) this.variables['inputs'] = fromInputs(names.inputs)
    for (const [name, from] of names.saves) {
      const definition = catalogue.get(from)
      const [word, ...of] = from.split(' ')
      if (word === 'attest') this.variables[name] = shapeOf(attested(of), 'attest')
      else if (definition !== undefined) this.variables[name] = resultOf(definition)
      else this.lost.add(name)
    }
  }

  /** Undefined where the method is unknown, which is reported elsewhere. */
  invocation(call: MethodCall, timeoutMs?: number): Invocation | undefined {
    const definition = this.catalogue.get(call.method.value)
    if (definition === undefined) return undefined
    return invocationOf(definition, this.isLost(call.with) ? unreadable : this.arguments(call, definition), timeoutMs)
  }

  /** What nothing can change is kept as it is, so that a walk need not find out again. */
  private arguments(call: MethodCall, definition: MethodDefinition): Invocation['args'] {
    const compiled = compileArguments(call.with, definition.args, this.variables, call.method.span)
    const { expr, isConstant } = compiled
    if (expr !== undefined && isConstant === true)
      return this.taken(compiled, { make: 'constant', value: expr.evaluate({}) })
    const node = call.with === undefined ? {} : { node: call.with }
    return this.taken(compiled, { make: 'arguments', method: call.method.value, ...node })
  }

  /** A condition over what was saved. */
  condition(scalar: PScalar): Expr<boolean> {
    return this.expression(scalar, { make: 'condition', node: scalar }, 'bool', this.variables)
  }

  /** What a reading must say; it has to look at the reading. */
  expectation(scalar: PScalar, call: MethodCall): Expr<boolean> {
    const recipe = { make: 'expectation', method: call.method.value, node: scalar } as const
    return this.onResult(call, unreadable, (variables) => this.expression(scalar, recipe, 'bool', variables, 'result'))
  }

  recorded(scalar: PScalar, call: MethodCall): Expr<unknown> {
    const recipe = { make: 'recorded', method: call.method.value, node: scalar } as const
    return this.onResult<Expr<unknown>>(call, unreadable, (variables) =>
      this.expression(scalar, recipe, 'any', variables),
    )
  }

  /** The answer of a probe, with every text that it may yield where that can be told. */
  answer(scalar: PScalar, call: MethodCall): { readonly expr: Expr<string>; readonly possible?: readonly Possible[] } {
    return this.onResult<ReturnType<Scope['answer']>>(call, { expr: unreadable }, (variables) => {
      if (this.isLost(scalar)) return { expr: unreadable }
      const request = { ...textOf(scalar), variables, expected: 'string', mustRead: 'result' } as const
      const compiled = compileExpression(request)
      const { possible } = compiled
      const expr = this.taken(compiled, { make: 'answer', method: call.method.value, node: scalar })
      return { expr, ...(possible === undefined ? {} : { possible }) }
    })
  }

  text(scalar: PScalar): Expr<string> {
    return this.isLost(scalar)
      ? unreadable
      : this.taken(compileText(scalar, this.variables), { make: 'text', node: scalar })
  }

  /** A text, or one interpolation that gives a list of texts. */
  texts(scalar: PScalar): Expr<unknown> {
    if (this.isLost(scalar)) return unreadable
    const compiled = compileTemplate(scalar, this.variables)
    const { shape } = compiled
    const expr = this.taken(compiled, { make: 'texts', node: scalar })
    const of = shape?.kind === 'list' ? shape.of : shape
    if (isReadable(expr) && of?.kind !== 'string' && of?.kind !== 'enum') {
      this.report({
        rule: 'expr/type',
        severity: 'error',
        message: 'expected a text or a list of texts',
        span: scalar.span,
      })
      return unreadable
    }
    return expr
  }

  /** A value for an input of another document. */
  input(node: PNode, { type }: Pick<InputSpec, 'type'>): Expr<unknown> {
    return this.isLost(node)
      ? unreadable
      : this.taken(compileValue(node, inputSchemas()[type], this.variables), { make: 'input', type, node })
  }

  add(finding: Finding): void {
    this.report(finding)
  }

  private onResult<T>(call: MethodCall, otherwise: T, compile: (variables: Variables) => T): T {
    const definition = this.catalogue.get(call.method.value)
    return definition === undefined ? otherwise : compile({ ...this.variables, result: resultOf(definition) })
  }

  private expression<K extends 'bool' | 'any'>(
    scalar: PScalar,
    recipe: Recipe,
    expected: K,
    variables: Variables,
    mustRead?: string,
  ) {
    if (this.isLost(scalar)) return unreadable
    const request = { ...textOf(scalar), variables, expected }
    return this.taken(compileExpression(mustRead === undefined ? request : { ...request, mustRead }), recipe)
  }

  private taken<T>({ expr, findings }: Compiled<T>, recipe: Recipe): Expr<T> {
    for (const finding of findings) this.report(finding)
    return expr === undefined ? unreadable : madeBy(recipe, expr)
  }

  private isLost(node: PNode | undefined): boolean {
    return this.lost.size > 0 && node !== undefined && wordsOf(node).some((word) => this.lost.has(word))
  }
}

export function invocationOf(definition: MethodDefinition, args: Invocation['args'], timeoutMs?: number): Invocation {
  const { port, name, effect, risk } = definition
  const usual = effect === 'none' ? readTimeoutMs : effectTimeoutMs
  return { method: { port, name, effect, risk }, args, timeoutMs: timeoutMs ?? usual }
}

const textOf = (scalar: PScalar) => ({ file: scalar.span.file, text: scalar.text, offsets: scalar.offsets })
const resultOf = (definition: MethodDefinition): Shape =>
  shapeOf(definition.result, `${definition.port}.${definition.name}`)

function wordsOf(node: PNode | PMap): readonly string[] {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' ? (node.text.match(/[A-Za-z_]\w*/g) ?? []) : []
    case 'seq':
      return node.items.flatMap(wordsOf)
    case 'map':
      return node.entries.flatMap((entry) => wordsOf(entry.value))
  }
}
