/** A warning: a value that is saved and never read is a leftover, or a step that reads something else than meant. */
import { expressionsOf, isReadable } from './expressions.ts'
import { savesOf } from './one-name-one-value.ts'
import type { Rule } from './rule.ts'

export const saveUnused: Rule = ({ documents, graphs }) =>
  [...documents.values()].flatMap((document) => {
    const graph = graphs.get(document.graph)
    if (graph === undefined || !document.isWhole) return []
    const expressions = [...[...graph.nodes.values()].flatMap(expressionsOf), ...graph.locks]
    // Who knows what an expression that does not compile would read.
    if (!expressions.every(isReadable)) return []
    const read = new Set(expressions.flatMap((expr) => expr.reads))
    return savesOf(document)
      .filter(({ name }) => !read.has(name.value))
      .map(({ name }) => ({
        rule: 'check/save-unused',
        severity: 'warning' as const,
        message: `"${name.value}" is saved and never read`,
        span: name.span,
      }))
  })
