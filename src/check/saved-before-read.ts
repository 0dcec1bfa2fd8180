/** A saved name is read only where every path has saved it: what was skipped or may have failed has saved nothing. */
import type { Graph, Node } from '../model/graph.ts'
import type { Finding } from '../source/diagnostic.ts'
import { expressionsOf, savedBy } from './expressions.ts'
import { flowThrough } from './flow.ts'
import { error, type Rule } from './rule.ts'

export const savedBeforeRead: Rule = ({ graphs }) => [...graphs.values()].flatMap(findingsOf)

function findingsOf(graph: Graph): readonly Finding[] {
  const nodes = [...graph.nodes.values()]
  const names = new Set(nodes.map(savedBy).filter((name) => name !== undefined))
  if (names.size === 0) return []
  const found: Finding[] = []
  flowThrough<string>(graph, {
    gives: (node) => savesOf(node),
    answerGives: () => [],
    visit: (node, before) => {
      const own = new Set(savesOf(node))
      for (const expr of expressionsOf(node)) {
        for (const name of expr.reads) {
          // What a step saves is there for its own undo and settling.
          if (!names.has(name) || before.has(name) || (own.has(name) && node.kind === 'action')) continue
          found.push(
            error('check/saved-before-read', `"${name}" is not saved on every path to "${node.id}"`, {
              span: expr.span,
              hint: 'save it in a step before, without `when` and without `on_fail: continue`',
            }),
          )
        }
      }
    },
    lenient: true,
  })
  return found
}

function savesOf(node: Node): readonly string[] {
  const name = savedBy(node)
  return name === undefined ? [] : [name]
}
