/** What a silence may name: monitors, as far as their sets can be read. What is critical is never silenced. */
import type { Context } from '../command.ts'
import { entriesOf, loadLibrary } from '../library.ts'
import { whichDesk } from '../which-desk.ts'

export async function silenceable(context: Context): Promise<readonly string[]> {
  const library = await loadLibrary(whichDesk(context), context)
  const graphs = entriesOf(library, 'monitors').flatMap(({ graph }) => library.graphs.get(graph) ?? [])
  return graphs
    .flatMap(({ monitors = [] }) => monitors)
    .flatMap(({ node, level }) => (level === 'critical' ? [] : [node]))
}
