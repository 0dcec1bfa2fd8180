/** What the build derives: the index of the shipped gates, and the JSON Schemas that editors complete documents by. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { IndexedSet } from '../src/cli/due-gates.ts'
import { compileLibrary } from '../src/plan/compile.ts'
import { documentSchemas } from '../src/plan/json-schema.ts'
import { catalogue } from '../src/ports/catalogue.ts'
import { renderText } from '../src/source/render/text.ts'

/** Throws on any finding. */
export function shippedGates(root: string): readonly IndexedSet[] {
  const files = ['runbooks', 'trees', 'gates'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
      .map((name) => ({ path: join(folder, name), text: readFileSync(join(root, folder, name), 'utf8') })),
  )
  const { graphs, findings } = compileLibrary(files, { catalogue })
  if (findings.length > 0) throw new Error(renderText(findings, new Map(files.map((f) => [f.path, f]))))
  return [...graphs.values()].flatMap(({ id, cadence, nodes }) =>
    cadence === undefined
      ? []
      : [
          {
            id: id.slice(id.indexOf('/') + 1),
            cadence: cadence.name,
            calendar: cadence.calendar,
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

export const schemas = (): ReadonlyMap<string, unknown> => documentSchemas(catalogue)
