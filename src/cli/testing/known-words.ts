/** Words of a case that name something: faults, methods, steps. What names nothing would quietly change nothing. */
import { faults } from '../../adapters/paper/faults.ts'
import type { Graph, GraphId } from '../../model/graph.ts'
import type { Case } from '../../parse/cases.ts'
import type { Located } from '../../parse/form.ts'
import { reachable } from '../../plan/reachable.ts'
import { catalogue } from '../../ports/catalogue.ts'
import type { Finding } from '../../source/diagnostic.ts'
import { suggestion } from '../../source/suggest.ts'

export function unknownWords(one: Case, graphs: ReadonlyMap<GraphId, Graph>, root: GraphId): readonly Finding[] {
  const faultIds = faults.map(({ id }) => id)
  const methods = [...catalogue.keys()]
  const nodes = new Set(
    reachable(graphs, root).flatMap((id) =>
      [...(graphs.get(id)?.nodes.keys() ?? [])].flatMap((node) => [node, `${id.slice(id.indexOf('/') + 1)}.${node}`]),
    ),
  )
  const speakers = [...one.says].map(([value, { span }]) => ({ value, span }))
  return [
    ...one.faults.filter(({ value }) => !faultIds.some((id) => id === value)).map((f) => unknown('fault', f, faultIds)),
    ...speakers
      .filter(({ value }) => !catalogue.has(value) && !nodes.has(value))
      .map((name) => unknown('method or step', name, name.value.includes('.') ? methods : [...nodes])),
  ]
}

function unknown(what: string, { value, span }: Located<string>, known: readonly string[]): Finding {
  const hint = suggestion(value, known)
  return {
    ...{ rule: 'test/unknown-name', severity: 'error', message: `there is no ${what} "${value}"`, span },
    ...(hint === undefined ? {} : { hint }),
  }
}
