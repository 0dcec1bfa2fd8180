/** How cautiously a branch of a tree can end at worst, and where "unsure" goes when nobody says. */
import { leafKinds } from '../model/graph.ts'
import type { Question, Tree } from '../parse/document.ts'

/** 0 is the most cautious kind of leaf; a question counts as its least cautious leaf. Undefined where nothing is known. */
export function cautionOf(tree: Tree, id: string, way: readonly string[] = []): number | undefined {
  const leaf = tree.leaves.get(id)
  if (leaf !== undefined) return leafKinds.indexOf(leaf.kind)
  const question = tree.questions.get(id)
  if (question === undefined || way.includes(id)) return undefined
  const ends = [...question.answers.values()].map((answer) => cautionOf(tree, answer.value, [...way, id]))
  const known = ends.filter((end) => end !== undefined)
  return known.length === 0 || known.length < ends.length ? undefined : Math.max(...known)
}

/** The targets of a question that can only end most cautiously: one, or several in a tie. */
export function mostCautious(tree: Tree, question: Question): readonly string[] {
  const targets = [...new Set([...question.answers.values()].map((answer) => answer.value))]
  const ends = targets.map((target) => cautionOf(tree, target) ?? Number.POSITIVE_INFINITY)
  const least = Math.min(...ends)
  return targets.filter((_, i) => ends[i] === least)
}
