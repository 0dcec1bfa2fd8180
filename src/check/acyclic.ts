/** Nothing leads back to where it came from: neither answers within a tree, nor calls between documents. */
import type { GraphId, Span } from '../model/graph.ts'
import type { Document, Tree } from '../parse/document.ts'
import type { Located } from '../parse/form.ts'
import type { Finding } from '../source/diagnostic.ts'
import { error, type Rule } from './rule.ts'
import { documentCalls } from './steps.ts'

interface Edge<Id extends string> {
  readonly to: Id
  readonly span: Span
}

export const acyclic: Rule = ({ documents }) => [
  ...cycles([...documents.keys()], (id) => callsOf(documents.get(id)), 'calls'),
  ...[...documents.values()].flatMap((document) =>
    document.kind === 'tree' ? cycles([...document.questions.keys()], (id) => answersOf(document, id), 'answers') : [],
  ),
]

const callsOf = (document: Document | undefined): readonly Edge<GraphId>[] =>
  document === undefined ? [] : documentCalls(document).map(({ value, span }) => ({ to: value, span }))

function answersOf(tree: Tree, id: string): readonly Edge<string>[] {
  const question = tree.questions.get(id)
  if (question === undefined) return []
  const edge = ({ value, span }: Located<string>): Edge<string> => ({ to: value, span })
  return [
    ...[...question.answers.values()].map(edge),
    ...(question.unsure === undefined ? [] : [edge(question.unsure)]),
  ]
}

/** One finding at each edge that closes a cycle. */
function cycles<Id extends string>(
  ids: readonly Id[],
  edgesOf: (id: Id) => readonly Edge<Id>[],
  what: string,
): readonly Finding[] {
  const findings: Finding[] = []
  const finished = new Set<Id>()
  const way: Id[] = []
  const visit = (id: Id): void => {
    if (finished.has(id)) return
    way.push(id)
    for (const { to, span } of edgesOf(id)) {
      const from = way.indexOf(to)
      if (from < 0) visit(to)
      else {
        const circle = [...way.slice(from), to].join(' -> ')
        findings.push(error('law/acyclic', `these ${what} go round in a circle: ${circle}`, { span }))
      }
    }
    way.pop()
    finished.add(id)
  }
  for (const id of ids) visit(id)
  return findings
}
