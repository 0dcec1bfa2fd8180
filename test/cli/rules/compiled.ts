/** One document, compiled by itself. */
import type { Graph } from '../../../src/model/graph.ts'
import { compileLibrary } from '../../../src/plan/compile.ts'
import { catalogue } from '../../../src/ports/catalogue.ts'

export function compileTexts(path: string, text: string): Graph {
  const { graphs, findings } = compileLibrary([{ path, text }], { catalogue })
  const [graph] = graphs.values()
  if (graph === undefined) throw new Error(JSON.stringify(findings))
  return graph
}
