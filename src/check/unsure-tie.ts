/** "Unsure" goes to the most cautious child; where two are equally cautious, the tree says which. */
import { mostCautious } from './caution.ts'
import { error, type Rule } from './rule.ts'

export const unsureTie: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) => {
    if (document.kind !== 'tree' || !document.isWhole) return []
    return [...document.questions.values()].flatMap((question) => {
      const best = mostCautious(document, question)
      if (question.unsure !== undefined || best.length < 2) return []
      return [
        error('check/unsure-tie', `${best.map((id) => `"${id}"`).join(' and ')} are equally cautious`, {
          span: question.id.span,
          hint: 'say where "unsure" goes with `unsure:`',
        }),
      ]
    })
  })
