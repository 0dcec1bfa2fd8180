/**
 * Procedures that the build has proved, as data: graphs whose expressions are kept as recipes. A walk of them reads no YAML, runs no
 * law again and compiles an expression when it is first evaluated.
 */
import { follow } from './follow.ts'
import { recipeOf, type Recipe } from './recipe.ts'
import { Scope, type Names } from './scope.ts'
import type { CompiledLibrary, DocumentEntry } from './compile.ts'
import type { Catalogue } from '../check/rule.ts'
import { reachable } from './reachable.ts'
import type { Expr, Graph, GraphId, Span } from '../model/graph.ts'
import type { PNode } from '../source/node.ts'

/** A document without what the file itself tells: its path and its text. */
export interface ProvedDocument {
  readonly about: Omit<DocumentEntry, 'file' | 'text'>
  readonly names: Names
  readonly graph: unknown
  /** Every other document that was compiled with it: what it calls, and what that calls. */
  readonly reaches: readonly GraphId[]
}

/** Of a library without findings. Throws for anything that cannot be made again. */
export function provedDocuments(library: CompiledLibrary): readonly ProvedDocument[] {
  if (library.findings.length > 0) throw new Error('documents with findings are not proved')
  return [...library.documents.values()].map(({ file: _file, text: _text, ...about }) => {
    const [names, graph] = [library.names.get(about.graph), library.graphs.get(about.graph)]
    if (names === undefined || graph === undefined) throw new Error(`${about.graph} did not compile`)
    const reaches = reachable(library.graphs, about.graph).filter((id) => id !== about.graph)
    return { about, names, graph: toData(graph), reaches }
  })
}

/** The graph as compiling the same text would give it. `file` is what its places name. */
export function graphOf(document: ProvedDocument, file: string, catalogue: Catalogue): Graph {
  let scope: Scope | undefined
  const inScope = (): Scope =>
    (scope ??= new Scope(document.names, catalogue, ({ message }) => {
      throw new Error(`${document.about.graph} was proved by another build: ${message}`)
    }))
  const graph = fromData(document.graph, file, inScope)
  if (!isGraph(graph)) throw new Error(`${document.about.graph} is not what the build writes: npm run build`)
  return Object.freeze(graph)
}

type Data = Readonly<Record<string, unknown>>
const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value)
const isObject = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value)
const isExpr = (value: Data): value is Data & Expr<unknown> => typeof value['evaluate'] === 'function'
const isSpan = (value: Data): value is Data & Span =>
  typeof value['start'] === 'number' && typeof value['end'] === 'number' && typeof value['file'] === 'string'

function toData(value: unknown): unknown {
  if (value instanceof Map) return { map: Array.from(value, ([key, item]: [unknown, unknown]) => [key, toData(item)]) }
  if (isArray(value)) return value.map(toData)
  if (!isObject(value)) return value
  if (isSpan(value)) return { span: [value.start, value.end] }
  if (!isExpr(value)) return { object: mapped(value, toData) }
  const recipe = recipeOf(value)
  if (recipe === undefined) throw new Error(`nobody knows how this was made: ${value.text}`)
  const { text, span, reads } = value
  return { expr: { text, span: [span.start, span.end], reads, recipe: toPlain(recipe) } }
}

/** Recipes hold nodes; where these stood, and how their text was written, no longer matters. */
const toPlain = (recipe: Recipe): unknown =>
  'node' in recipe ? { ...recipe, node: withoutPlaces(recipe.node) } : recipe

function withoutPlaces(node: PNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return { kind: 'scalar', value: node.value, text: node.text }
    case 'seq':
      return { kind: 'seq', items: node.items.map(withoutPlaces) }
    case 'map':
      return { kind: 'map', entries: node.entries.map(({ key, value }) => ({ key, value: withoutPlaces(value) })) }
  }
}

function fromData(data: unknown, file: string, scope: () => Scope): unknown {
  const again = (item: unknown): unknown => fromData(item, file, scope)
  if (isArray(data)) return data.map(again)
  if (!isObject(data)) return data
  if (Array.isArray(data['map']))
    return new Map(data['map'].map(([key, item]: [string, unknown]) => [key, again(item)]))
  if (data['span'] !== undefined) return spanIn(file, data['span'])
  if (isObject(data['expr'])) return expressionOf(data['expr'], file, scope)
  if (isObject(data['object'])) return Object.freeze(mapped(data['object'], again))
  throw new Error('neither a map, a place, an expression nor an object')
}

function expressionOf(data: Data, file: string, scope: () => Scope): Expr<unknown> {
  const { text, span, reads, recipe } = data
  if (typeof text !== 'string' || !isTexts(reads) || !isRecipe(recipe)) throw new Error('not an expression')
  let made: Expr<unknown> | undefined
  return {
    text,
    span: spanIn(file, span),
    reads,
    evaluate: (env) => (made ??= follow(placed(recipe), scope())).evaluate(env),
  }
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')
/** Written by this build, which the caller has made sure of. */
const isRecipe = (value: unknown): value is Recipe => isObject(value) && typeof value['make'] === 'string'

function spanIn(file: string, offsets: unknown): Span {
  const [start, end] = isArray(offsets) ? offsets : []
  if (typeof start !== 'number' || typeof end !== 'number') throw new Error('not a place')
  return { file, start, end }
}

const nowhere: Span = { file: '', start: 0, end: 0 }
const placed = (recipe: Recipe): Recipe => ('node' in recipe ? { ...recipe, node: withPlaces(recipe.node) } : recipe)

function withPlaces(node: PNode): PNode {
  switch (node.kind) {
    case 'scalar':
      return { ...node, span: nowhere, offsets: [] }
    case 'seq':
      return { ...node, span: nowhere, items: node.items.map(withPlaces) }
    case 'map': {
      const entries = node.entries.map(({ key, value }) => ({ key, keySpan: nowhere, value: withPlaces(value) }))
      return { ...node, span: nowhere, entries }
    }
  }
}

const mapped = (object: Data, change: (value: unknown) => unknown): Data =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]))

const isGraph = (value: unknown): value is Graph =>
  isObject(value) &&
  typeof value['id'] === 'string' &&
  typeof value['root'] === 'string' &&
  value['nodes'] instanceof Map
