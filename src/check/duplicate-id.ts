/** Ids are how runs, answers and approvals refer to parts of a document: each is there once. */
import type { Finding } from '../source/diagnostic.ts'
import type { Document } from '../parse/document.ts'
import type { Located } from '../parse/form.ts'
import { error, type Rule } from './rule.ts'
import { stepLists, withNested } from './steps.ts'

export const duplicateId: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) => scopesOf(document).flatMap(duplicates))

/** Ids of a runbook's steps and checks are one scope, and those of each leaf; question, leaf and gate ids are another. */
function scopesOf(document: Document): readonly (readonly Located<string>[])[] {
  const lists = stepLists(document).map((list) => withNested(list).map((step) => step.id))
  switch (document.kind) {
    case 'runbook':
    case 'incident':
      return [lists.flat()]
    case 'tree':
      return [...lists, [...document.questions.values(), ...document.leaves.values()].map((part) => part.id)]
    case 'gates':
      return [document.gates.map((gate) => gate.id)]
    case 'monitors':
      return [document.monitors.map((monitor) => monitor.id)]
  }
}

function duplicates(ids: readonly Located<string>[]): readonly Finding[] {
  const first = new Map<string, Located<string>>()
  return ids.flatMap((id) => {
    const earlier = first.get(id.value)
    if (earlier === undefined) {
      first.set(id.value, id)
      return []
    }
    const related = [{ message: 'it stands here already', span: earlier.span }]
    return [error('check/duplicate-id', `the id "${id.value}" is used twice`, { span: id.span, related })]
  })
}
