/** Every answer of every question leads to a question or a leaf of the tree; so do `start`, `unsure` and `otherwise`. */
import { suggestion } from '../source/suggest.ts'
import type { Tree } from '../parse/document.ts'
import type { Located } from '../parse/form.ts'
import { error, type Rule } from './rule.ts'

export const answersLeadSomewhere: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) =>
    document.kind === 'tree' && document.isWhole ? findingsOf(document) : [],
  )

function findingsOf(tree: Tree) {
  const targets = [...tree.questions.keys(), ...tree.leaves.keys()]
  const leads = ({ value, span }: Located<string>) => {
    if (targets.includes(value)) return []
    const hint = suggestion(value, targets)
    return [
      error('law/answers-lead-somewhere', `no question and no leaf "${value}"`, {
        span,
        ...(hint === undefined ? {} : { hint }),
      }),
    ]
  }
  const isQuestion = tree.questions.has(tree.start.value)
  const wrongStart =
    tree.leaves.has(tree.start.value) && !isQuestion
      ? [error('law/answers-lead-somewhere', 'a tree starts with a question', { span: tree.start.span })]
      : []
  return [
    ...leads(tree.start),
    ...wrongStart,
    ...[...tree.questions.values()].flatMap(({ answers, unsure, needs }) => [
      ...[...answers.values()].flatMap(leads),
      ...(unsure === undefined ? [] : leads(unsure)),
      ...(needs === undefined ? [] : [needs.answer, needs.otherwise].flatMap((named) => answerOf(answers, named))),
    ]),
  ]
}

function answerOf(answers: ReadonlyMap<string, unknown>, { value, span }: Located<string>) {
  if (answers.has(value)) return []
  return [
    error('law/answers-lead-somewhere', `"${value}" is no answer here; answers are ${[...answers.keys()].join(', ')}`, {
      span,
    }),
  ]
}
