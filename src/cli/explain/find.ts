/**
 * What a name stands for. Names come from different places and hardly ever meet; where they do, what is documented for everybody wins
 * over what one desk has, and a longer name says which is meant: `exit/3`, `error/locked`, `runbook/reconciliation`.
 */
import { explainError, explainExit, explainRule } from './code.ts'
import { explainField, fieldPaths } from './field.ts'
import { explainMethod } from './method.ts'
import { packagedErrors, packagedRules } from './packaged.ts'
import { explainProcedure } from './procedure.ts'
import { explainStep } from './step.ts'
import type { Context } from '../command.ts'
import { graphFor, type Library } from '../library.ts'
import type { Output } from '../output/published.ts'
import { topicText } from '../topic-text.ts'
import { topics } from '../topics.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Graph } from '../../model/graph.ts'
import type { DocumentEntry } from '../../plan/compile.ts'
import { catalogue } from '../../ports/catalogue.ts'
import { suggestion } from '../../source/suggest.ts'

export type Explained = Output<'explain'>['explained']

/** Throws DeskError `unknown-id` with the nearest name, and `invalid-document` where it stands in one that does not compile. */
export function explain(name: string, library: () => Promise<Library>, context: Context): Promise<Explained> {
  const known = wellKnown(name, context)
  return known === undefined ? fromDocuments(name, library, context) : Promise.resolve(known)
}

function wellKnown(name: string, context: Context): Explained | undefined {
  const text = topicText(name, context)
  if (text !== undefined) return { kind: 'topic', name, text }
  const exit = explainExit(name.replace(/^exit\//, ''))
  if (exit !== undefined) return exit
  return explainRule(name, packagedRules()) ?? explainField(name)
}

async function fromDocuments(name: string, load: () => Promise<Library>, context: Context): Promise<Explained> {
  const library = await load()
  const method = explainMethod(name, library.graphs.values())
  if (method !== undefined) return method
  const found = placeOf(name, library)
  if (found !== undefined) {
    const graph = graphFor(library, found.entry.kind, found.entry.id, context)
    if (found.node === '') return explainProcedure(graph, found.entry, library)
    const node = graph.nodes.get(found.node)
    if (node !== undefined) return explainStep(graph, node, found.entry, library, packagedRules())
    throw unknownStep(found, graph)
  }
  const error = explainError(name.replace(/^error\//, ''), packagedErrors())
  if (error !== undefined) return error
  throw unknown(name, allNames(library))
}

interface Place {
  readonly entry: DocumentEntry
  /** As the document was named. */
  readonly said: string
  /** Empty for the document itself. */
  readonly node: string
}

/** `tree/no-fills/q1`, or without the kind where only one document is called like that. */
function placeOf(name: string, { documents }: Library): Place | undefined {
  for (const entry of documents.values()) {
    for (const said of [entry.graph, entry.id]) {
      if (name === said) return { entry, said, node: '' }
      if (name.startsWith(`${said}/`)) return { entry, said, node: name.slice(said.length + 1) }
    }
  }
  return undefined
}

/** Of whatever can be explained, but steps: those are told by their document. */
export const allNames = (library: Pick<Library, 'documents'>): readonly string[] => [
  ...fixedNames(),
  ...[...library.documents.values()].map(({ id }) => id),
]

/** The same on every desk. */
export const fixedNames = (): readonly string[] => [
  ...Object.keys(topics),
  ...packagedRules().map(({ code }) => code),
  ...packagedErrors().map(({ code }) => code),
  ...fieldPaths(),
  ...catalogue.keys(),
]

const unknown = (name: string, names: readonly string[]): DeskError =>
  new DeskError(
    'unknown-id',
    exitCodes.usage,
    `nothing is called "${name}"`,
    suggestion(name, names) ?? near(name, names) ?? 'desk help lists topics, desk show <id> the steps of a procedure',
  )

function unknownStep({ said, node }: Place, graph: Graph): DeskError {
  const ids = [...graph.nodes.keys()].filter((id) => !id.includes('@'))
  const hint = suggestion(node, ids) ?? `known: ${ids.join(', ')}`
  return new DeskError('unknown-id', exitCodes.usage, `${said} has no step "${node}"`, hint)
}

/** Where nothing is spelt alike, what begins alike. */
function near(name: string, names: readonly string[]): string | undefined {
  const stem = name.slice(0, Math.max(name.lastIndexOf('.'), name.lastIndexOf('/')) + 1)
  const alike = stem === '' ? [] : names.filter((each) => each.startsWith(stem))
  return alike.length === 0 ? undefined : `known: ${alike.slice(0, 12).join(', ')}${alike.length > 12 ? ', …' : ''}`
}
