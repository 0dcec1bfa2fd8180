/** What the build derives: the indices of the shipped gates and runbooks, the proofs of the shipped documents, and the JSON Schemas for editors. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { IndexedSet } from '../src/cli/due-gates.ts'
import type { IndexedRunbook } from '../src/cli/due-runbooks.ts'
import { type CompiledLibrary, compileLibrary } from '../src/plan/compile.ts'
import type { Graph, GraphId } from '../src/model/graph.ts'
import { documentSchemas } from '../src/plan/json-schema.ts'
import { provedDocuments, type ProvedDocument } from '../src/plan/proved.ts'
import { catalogue } from '../src/ports/catalogue.ts'
import { renderText } from '../src/source/render/text.ts'

export interface Shipped {
  readonly gates: readonly IndexedSet[]
  readonly runbooks: readonly IndexedRunbook[]
  readonly proofs: readonly ProvedDocument[]
}

/** Throws on any finding. */
export function shipped(root: string): Shipped {
  const files = ['runbooks', 'trees', 'gates', 'incidents', 'monitors'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
      .map((name) => ({ path: join(folder, name), text: readFileSync(join(root, folder, name), 'utf8') })),
  )
  const library = compileLibrary(files, { catalogue })
  const { graphs, findings } = library
  if (findings.length > 0) throw new Error(renderText(findings, new Map(files.map((f) => [f.path, f]))))
  return { gates: indexOf(graphs), runbooks: rhythmsOf(library), proofs: provedDocuments(library) }
}

function indexOf(graphs: ReadonlyMap<GraphId, Graph>): readonly IndexedSet[] {
  return [...graphs.values()].flatMap(({ id, cadence, nodes }) =>
    cadence === undefined
      ? []
      : [
          {
            id: id.slice(id.indexOf('/') + 1),
            cadence: cadence.name,
            calendar: cadence.calendar,
            ...(cadence.after === undefined ? {} : { after: cadence.after }),
            gates: cadence.gates.map(({ node, due, marketTime }) => ({
              id: node,
              title: nodes.get(node)?.title ?? node,
              due,
              marketTime,
            })),
          },
        ],
  )
}

/** Of those that can fall due. */
const rhythmsOf = ({ documents }: CompiledLibrary): readonly IndexedRunbook[] =>
  [...documents.values()].flatMap(({ id, title, frequency }) => {
    if (frequency === undefined) return []
    const { every, practise, atMost } = frequency
    return every === undefined && practise === undefined && atMost === undefined
      ? []
      : [{ id, title, rhythm: { every, practise, atMost } }]
  })

export { writeProofs } from '../src/plan/proof-lines.ts'
export { explainedErrors, explainedRules } from './explained.ts'
export { outputSchemas } from '../src/cli/output/published.ts'
export const schemas = (): ReadonlyMap<string, unknown> => documentSchemas(catalogue)
