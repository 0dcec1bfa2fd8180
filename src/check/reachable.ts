/** Every question and every leaf can be arrived at; what cannot is a mistake in an answer elsewhere. */
import type { Tree } from '../parse/document.ts'
import { error, type Rule } from './rule.ts'

export const reachable: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) => {
    if (document.kind !== 'tree' || !document.isWhole) return []
    const reached = reach(document)
    return [...document.questions.values(), ...document.leaves.values()]
      .filter((part) => !reached.has(part.id.value))
      .map(({ id }) => error('law/reachable', `no answer leads to "${id.value}"`, { span: id.span }))
  })

function reach(tree: Tree): ReadonlySet<string> {
  const reached = new Set<string>()
  const open = [tree.start.value]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue
    reached.add(id)
    const question = tree.questions.get(id)
    if (question === undefined) continue
    for (const answer of question.answers.values()) open.push(answer.value)
    if (question.unsure !== undefined) open.push(question.unsure.value)
  }
  return reached
}
