/** Evidence opens gates and releases halts, so nobody may just say it: a document records under its own name, and what others rest on is proved. */
import type { Expr, Graph, Span } from '../model/graph.ts'
import type { Document } from '../parse/document.ts'
import { nameOf } from './effects.ts'
import { isReadable } from './expressions.ts'
import { reconciledEvent } from './fact-flow.ts'
import { flowThrough } from './flow.ts'
import { calculates, countsAround, literalsIn } from './proofs.ts'
import { error, type Rule } from './rule.ts'
import { holdsOn } from './try-expectation.ts'

const rule = 'law/evidence-is-earned'

/** Looked at by a release (`killswitch/evidence.ts`). */
const resumeEvent = 'post-incident.resume'
const limitsEvent = 'limits.kept'

export const evidenceIsEarned: Rule = ({ documents, graphs }) =>
  [...documents.values()].flatMap((document) =>
    eventsOf(document).flatMap(({ event, span }) => {
      const objection = objectionTo(event, document, graphs.get(document.graph))
      return objection === undefined
        ? []
        : [error(rule, `"${event}" ${objection.message}`, { span, hint: objection.hint })]
    }),
  )

/** What a run of the document may put on record for others. */
function eventsOf(document: Document): readonly { readonly event: string; readonly span: Span }[] {
  if (document.kind === 'runbook')
    return document.records === undefined ? [] : [{ event: document.records.value, span: document.records.span }]
  if (document.kind !== 'tree') return []
  return [...document.leaves.values()].map(({ id }) => ({
    event: `${document.id.value}.${id.value}`,
    span: id.span,
  }))
}

interface Objection {
  readonly message: string
  readonly hint: string
}

function objectionTo(event: string, document: Document, graph: Graph | undefined): Objection | undefined {
  const { id, kind } = document
  if (!event.startsWith(`${id.value}.`))
    return { message: 'is not for this document to record', hint: `its events are called ${id.value}.<word>` }
  switch (event) {
    case reconciledEvent:
      if (kind === 'runbook' && (graph === undefined || provesEqual(graph))) return undefined
      return {
        message: 'says that positions agree, but not every path has compared them',
        hint: 'a runbook with `check: reconciliation.compare` and `expect: result.count == 0` may record it',
      }
    case resumeEvent: {
      const leaf = document.kind === 'tree' ? document.leaves.get('resume') : undefined
      if (leaf?.kind === 'resume') return undefined
      return { message: 'opens the way to a release', hint: 'only a leaf of the kind `resume` is called so' }
    }
    case limitsEvent:
      return { message: 'is looked at by a release, and no document proves it', hint: 'choose another id' }
    default:
      return undefined
  }
}

/** Every path that ends ok has seen that no difference is left. A comparison of one's own choice of moment would not do. */
function provesEqual(graph: Graph): boolean {
  const proved = flowThrough<string>(graph, {
    gives: (node) => {
      if (node.kind !== 'check' || nameOf(node.check.method) !== 'reconciliation.compare') return []
      const { expect } = node
      if (!isReadable(expect) || !isReadable(node.check.args)) return [reconciledEvent]
      const isPlain = expect.reads.every((name) => name === 'result') && !choosesMoment(node.check.args)
      return isPlain && !calculates(expect.text) && holdsOn(expect, equal) && failsUnequal(expect)
        ? [reconciledEvent]
        : []
    },
    answerGives: () => [],
    visit: () => undefined,
    lenient: false,
  })
  return proved.has(reconciledEvent)
}

const choosesMoment = (args: Expr<Readonly<Record<string, unknown>>>): boolean =>
  args.reads.length > 0 || 'since' in args.evaluate({})

const equal = { comparison: 'x', count: 0, differences: [], comparedAt: '2026-01-05T15:00:00Z' }
const failsUnequal = (expect: Expr<boolean>): boolean => {
  const { numbers, texts } = literalsIn(expect.text)
  const unequal = countsAround(numbers).map((count) => ({ ...equal, count }))
  return unequal
    .flatMap((each) => [
      each,
      ...texts.flatMap((text) => [
        { ...each, comparison: text },
        { ...each, comparedAt: text },
      ]),
    ])
    .every((each) => !holdsOn(expect, each))
}
