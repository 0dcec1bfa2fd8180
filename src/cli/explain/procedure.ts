/** A document as a whole: when it is thought of, what it takes, what it may do, what it calls and what calls it. */
import { effectNames } from './method.ts'
import type { Library } from '../library.ts'
import { shown } from '../render/layout.ts'
import { frequencyWords } from '../render/rhythm.ts'
import type { Output } from '../output/published.ts'
import type { Graph, GraphId } from '../../model/graph.ts'
import type { DocumentEntry } from '../../plan/compile.ts'

type ToldProcedure = Extract<Output<'explain'>['explained'], { readonly kind: 'procedure' }>

export function explainProcedure(graph: Graph, entry: DocumentEntry, { graphs }: Library): ToldProcedure {
  const { symptom, trigger, frequency, category, cadence } = entry
  const often = frequency === undefined ? undefined : frequencyWords(frequency)
  return {
    kind: 'procedure',
    name: graph.id,
    title: entry.title,
    about: [category, cadence, symptom, trigger, often].filter((text) => text !== undefined),
    inputs: graph.inputs.map(({ name, type, required, paper }) => ({
      name,
      type,
      needed: required,
      ...(paper === undefined ? {} : { paper: shown(paper) }),
    })),
    steps: [...graph.nodes.keys()].filter((id) => !id.includes('@')).length,
    calls: [...callsOf(graph)],
    calledBy: [...graphs.values()].filter((other) => callsOf(other).has(graph.id)).map(({ id }) => id),
    effects: effectNames(graphs, graph),
  }
}

const callsOf = ({ nodes }: Graph): ReadonlySet<GraphId> =>
  new Set(
    [...nodes.values()].flatMap((node) => [
      ...(node.kind === 'call' ? [node.graph] : []),
      ...(node.kind === 'leaf' ? node.then : []),
      ...(node.onFail.kind === 'go' ? [node.onFail.graph] : []),
    ]),
  )
