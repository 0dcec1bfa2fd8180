/** What a rule sees: everything that was read, and the graphs lowered from it. A rule gives findings and changes nothing. */
import type { Graph, GraphId } from '../model/graph.ts'
import type { Document } from '../parse/document.ts'
import type { MethodDefinition } from '../ports/method.ts'
import type { Finding } from '../source/diagnostic.ts'

export type Catalogue = ReadonlyMap<string, MethodDefinition>

export interface Library {
  readonly documents: ReadonlyMap<GraphId, Document>
  /** Every id that a file claims, also of files that could not be read further. */
  readonly known: ReadonlySet<GraphId>
  /**
   * Of every readable document. Where an expression did not compile its place holds `unreadable`; where a name is unknown the node
   * is left out. Both are reported elsewhere.
   */
  readonly graphs: ReadonlyMap<GraphId, Graph>
  readonly catalogue: Catalogue
  /** `port.method` names that the configured adapters serve; absent where that is not asked. */
  readonly has?: ReadonlySet<string>
}
export type Rule = (library: Library) => readonly Finding[]

export const methodOf = (
  catalogue: Catalogue,
  method: { readonly port: string; readonly name: string },
): MethodDefinition | undefined => catalogue.get(`${method.port}.${method.name}`)

type Place = Pick<Finding, 'span' | 'hint' | 'related'>
export const error = (rule: string, message: string, { span, hint, related }: Place): Finding => ({
  rule,
  severity: 'error',
  message,
  span,
  ...(hint === undefined ? {} : { hint }),
  ...(related === undefined ? {} : { related }),
})
