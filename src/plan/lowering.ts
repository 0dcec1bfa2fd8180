/** What the lowering of one document shares: its scope, the nodes made so far, and what it may call. */
import { unreadable } from '../check/expressions.ts'
import type { Expr, Fact, GraphId, Node, NodeId, OnFail, Span } from '../model/graph.ts'
import type { Document, OnFailClause, RunbookCall } from '../parse/document.ts'
import { suggestion } from '../source/suggest.ts'
import type { Scope } from './scope.ts'

interface Common {
  readonly id: NodeId
  readonly title: string
  readonly span: Span
  readonly onFail: OnFail
  readonly onPass: readonly NodeId[]
  readonly establishes: readonly Fact[]
}

export class Lowering {
  readonly scope: Scope
  readonly nodes = new Map<NodeId, Node>()
  private readonly documents: ReadonlyMap<GraphId, Document>

  constructor(scope: Scope, documents: ReadonlyMap<GraphId, Document>) {
    this.scope = scope
    this.documents = documents
  }

  /** An id that is used twice is reported elsewhere; the first one stays. */
  add(node: Node): NodeId {
    if (!this.nodes.has(node.id)) this.nodes.set(node.id, Object.freeze(node))
    return node.id
  }

  titleOf(id: GraphId): string | undefined {
    return this.documents.get(id)?.title.value
  }

  onFail(clause: OnFailClause): OnFail {
    switch (clause.kind) {
      case 'stop':
      case 'continue':
        return { kind: clause.kind }
      case 'tree':
        return { kind: 'go', graph: `tree/${clause.tree.value}`, inputs: {} }
      case 'run':
        return { kind: 'go', graph: `runbook/${clause.call.runbook.value}`, inputs: this.inputs(clause.call) }
    }
  }

  /** What a called runbook is given, each input checked against its declaration. */
  inputs(call: RunbookCall): Readonly<Record<string, Expr<unknown>>> {
    const callee = this.documents.get(`runbook/${call.runbook.value}`)
    if (callee?.kind !== 'runbook') return {}
    const given: [string, Expr<unknown>][] = []
    for (const { key, keySpan, value } of call.with?.entries ?? []) {
      const input = callee.inputs.find(({ name }) => name === key)
      if (input !== undefined) given.push([key, this.scope.input(value, input)])
      else if (callee.isWhole) {
        const names = callee.inputs.map(({ name }) => name)
        const hint = suggestion(key, names)
        this.scope.add({
          rule: 'check/unknown-input',
          severity: 'error',
          message: `${callee.id.value} has no input "${key}"${names.length === 0 ? '' : `; it has ${names.join(', ')}`}`,
          span: keySpan,
          ...(hint === undefined ? {} : { hint }),
        })
      } else given.push([key, unreadable])
    }
    for (const { name, required } of callee.inputs) {
      if (!required || given.some(([key]) => key === name)) continue
      this.scope.add({
        rule: 'check/missing-input',
        severity: 'error',
        message: `${callee.id.value} needs the input "${name}"`,
        span: call.runbook.span,
      })
    }
    return Object.fromEntries(given)
  }
}

/** What most nodes that lowering adds have in common. */
export const plainNode = (id: NodeId, title: string, span: Span): Common => ({
  id,
  title,
  span,
  onFail: { kind: 'stop' },
  onPass: [],
  establishes: [],
})
