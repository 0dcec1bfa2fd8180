/**
 * Drift is often leakage that is found late: whatever trains a version has seen an audit for look-ahead of the model's features pass
 * first, and no document about drift ends well without an audit of the feature.
 */
import type { CheckNode, Graph, Node, Span } from '../model/graph.ts'
import type { Document, MethodCall } from '../parse/document.ts'
import type { Finding } from '../source/diagnostic.ts'
import { nameOf } from './effects.ts'
import { isReadable } from './expressions.ts'
import { flowThrough } from './flow.ts'
import { countsAround, literalsIn } from './proofs.ts'
import { error, type Rule } from './rule.ts'
import { holdsOn } from './try-expectation.ts'
import { writtenArgument, writtenCalls } from './written-calls.ts'

const rule = 'law/leakage-before-retrain'
const audit = 'research.auditLookAhead'
const train = 'research.train'

/** `measured`: something was audited. The others: whose features were found clean, as the document writes it. */
type Token = 'measured' | `${(typeof subjects)[number]} ${string}`
/** An audit takes no list of features, so nothing is trained on one of its own. */
const subjects = ['model', 'feature', 'features'] as const

export const leakageBeforeRetrain: Rule = ({ documents, graphs }) =>
  [...documents.values()].flatMap((document) => {
    const graph = graphs.get(document.graph)
    if (graph === undefined) return []
    const trains = [...graph.nodes.values()].some(isTraining)
    return graph.category === 'drift' || trains ? lookAt(document, graph) : []
  })

function lookAt(document: Document, graph: Graph): readonly Finding[] {
  const callOf = writtenCalls(document)
  const found: Finding[] = []
  const certain = flowThrough<Token>(graph, {
    gives: (node) => (isAudit(node) ? tokensOf(node, callOf(node)) : []),
    answerGives: () => [],
    visit: (node, before) => {
      const call = callOf(node)
      if (!isTraining(node) || call === undefined) return
      const missing = needsOf(call).filter((token) => !before.has(token))
      if (missing.length > 0) found.push(untested(node.span))
    },
    lenient: false,
  })
  return graph.category === 'drift' && !certain.has('measured') ? [...found, unaudited(document)] : found
}

const untested = (span: Span): Finding =>
  error(rule, `"${train}" trains, but not every path to it has seen an audit for look-ahead pass`, {
    span,
    hint: `check ${audit} of the same model, and of the feature that is added, first: \`expect: result.clean\``,
  })
const unaudited = ({ id }: Document): Finding =>
  error(rule, 'a drift is closed, but not every path has audited the feature for look-ahead', {
    span: id.span,
    hint: `check ${audit} on every path`,
  })

const isAudit = (node: Node): node is CheckNode => node.kind === 'check' && nameOf(node.check.method) === audit
const isTraining = (node: Node): boolean => node.kind === 'action' && nameOf(node.do.method) === train

function tokensOf(node: CheckNode, call: MethodCall | undefined): readonly Token[] {
  if (call === undefined || !passesOnlyClean(node)) return ['measured']
  return ['measured', ...needsOf(call)]
}

/** What is trained, or audited, beside each other: the features of a model, and one more where one is named. */
function needsOf(call: MethodCall): readonly Token[] {
  const isGiven = (name: string): boolean => call.with?.entries.some(({ key }) => key === name) === true
  return subjects.filter(isGiven).map((name): Token => `${name} ${writtenArgument(call, name)}`)
}

const clean = { clean: true, leaking: [], checked: 1000 }
const leaks = { clean: false, leaking: ['x'], firstLeakAt: '2026-01-05T15:00:00Z', checked: 1000 }

function passesOnlyClean({ expect }: CheckNode): boolean {
  if (!isReadable(expect)) return true
  const { numbers, texts } = literalsIn(expect.text)
  const counts = [0, ...countsAround(numbers)]
  const poor = counts.flatMap((checked) => [
    { ...leaks, checked },
    ...texts.map((text) => ({ ...leaks, checked, leaking: [text] })),
  ])
  return counts.some((checked) => holdsOn(expect, { ...clean, checked })) && !poor.some((each) => holdsOn(expect, each))
}
