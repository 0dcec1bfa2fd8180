/** A tree: questions with labelled edges, and leaves with what they offer. */
import { mostCautious } from '../check/caution.ts'
import type { Fact, Graph, QuestionNode } from '../model/graph.ts'
import type { Leaf, Question, Tree } from '../parse/document.ts'
import { lowerSteps } from './lower-step.ts'
import { plainNode, type Lowering } from './lowering.ts'

export function lowerTree(tree: Tree, lowering: Lowering): Graph {
  for (const question of tree.questions.values()) lowering.add(questionNode(tree, question, lowering))
  for (const leaf of tree.leaves.values()) lowerLeaf(leaf, lowering)
  return {
    id: tree.graph,
    title: tree.title.value,
    nodes: lowering.nodes,
    root: tree.start.value,
    inputs: [],
    locks: [],
  }
}

function questionNode(tree: Tree, question: Question, lowering: Lowering): QuestionNode {
  const { scope } = lowering
  const { id, needs } = question
  const probe = probeOf(question, lowering)
  const check = needs === undefined ? undefined : scope.invocation(needs.call)
  const answers = new Map<string, readonly Fact[]>()
  if (needs?.guards !== undefined) answers.set(needs.answer.value, [needs.guards.value])
  return {
    kind: 'question',
    ...plainNode(id.value, question.ask.text, id.span),
    ask: scope.text(question.ask),
    look: question.look.map((link) => scope.text(link)),
    who: question.who,
    to: new Map([...question.answers].map(([answer, to]) => [answer, to.value])),
    unsure: question.unsure?.value ?? mostCautious(tree, question)[0] ?? id.value,
    answers,
    ...(probe === undefined ? {} : { probe }),
    ...(needs === undefined || check === undefined
      ? {}
      : {
          needs: {
            answer: needs.answer.value,
            check,
            holds: scope.expectation(needs.expect, needs.call),
            otherwise: needs.otherwise.value,
          },
        }),
  }
}

function probeOf({ probe, answers, id }: Question, lowering: Lowering): QuestionNode['probe'] {
  if (probe === undefined) return undefined
  const check = lowering.scope.invocation(probe.call)
  if (check === undefined) return undefined
  const { expr, possible } = lowering.scope.answer(probe.answer, probe.call)
  const allowed = [...answers.keys(), 'unsure']
  for (const { value, span } of possible ?? []) {
    if (allowed.includes(value)) continue
    lowering.scope.add({
      rule: 'check/probe-answers',
      severity: 'error',
      message: `"${value}" is no answer of "${id.value}"; a probe says ${allowed.map((a) => `"${a}"`).join(', ')}`,
      span,
    })
  }
  return { check, answer: expr, ...(probe.save === undefined ? {} : { save: probe.save.value }) }
}

function lowerLeaf(leaf: Leaf, lowering: Lowering): void {
  const { id, kind, title, because } = leaf
  lowering.add({
    kind: 'leaf',
    ...plainNode(id.value, title, id.span),
    leaf: kind,
    because,
    do: lowerSteps(leaf.steps, `${id.value}.`, lowering),
    then: leaf.then.map(({ value }) => `tree/${value}` as const),
  })
}
