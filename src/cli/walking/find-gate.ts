/** A gate by its id, and the set that it belongs to. */
import type { Context } from '../command.ts'
import { entriesOf, loadLibrary } from '../library.ts'
import type { WhichDesk } from '../which-desk.ts'
import type { Graph, Node } from '../../model/graph.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'
import { suggestion } from '../../source/suggest.ts'

export interface FoundGate {
  /** The id of the set. */
  readonly set: string
  readonly graph: Graph
  readonly node: Node
}

/** Ids are unique over the shipped sets; `<set>.<gate>` tells apart what is not. Throws DeskError for an unknown one. */
export async function findGate(id: string, desk: WhichDesk, context: Context): Promise<FoundGate> {
  const library = await loadLibrary(desk, context)
  const gates = entriesOf(library, 'gates').flatMap(({ id: set, graph: graphId }): FoundGate[] => {
    const graph = library.graphs.get(graphId)
    return (graph?.cadence?.gates ?? []).flatMap(({ node: name }) => {
      const node = graph?.nodes.get(name)
      return graph === undefined || node === undefined ? [] : [{ set, graph, node }]
    })
  })
  const found = gates.filter(({ set, node }) => node.id === id || `${set}.${node.id}` === id)
  const [gate, other] = found
  if (gate === undefined) {
    const ids = gates.map(({ node }) => node.id)
    throw new DeskError('unknown-id', exitCodes.usage, `no gate "${visible(id)}"`, suggestion(id, ids) ?? 'desk gates')
  }
  if (other === undefined) return gate
  const names = found.map(({ set, node }) => `${set}.${node.id}`).join(', ')
  throw new DeskError('which-gate', exitCodes.usage, `several gates are called "${visible(id)}"`, `one of ${names}`)
}
