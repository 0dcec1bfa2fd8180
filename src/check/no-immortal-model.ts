/**
 * No model lives forever by default: whatever promotes a version, by pointing production at it, giving it capital or letting it
 * serve, has looked at this quarter's label of that version first. Going back is no promotion.
 */
import type { Expr, Graph, Node } from '../model/graph.ts'
import type { Document, MethodCall } from '../parse/document.ts'
import type { Finding } from '../source/diagnostic.ts'
import { isReadable } from './expressions.ts'
import { flowThrough } from './flow.ts'
import { countsAround, literalsIn } from './proofs.ts'
import { error, type Rule } from './rule.ts'
import { holdsOn } from './try-expectation.ts'
import { writtenArgument, writtenCalls } from './written-calls.ts'

export const noImmortalModel: Rule = ({ documents, graphs }) =>
  [...documents.values()].flatMap((document) => {
    const graph = graphs.get(document.graph)
    // A rollback must never wait for a label.
    return graph === undefined || graph.category === 'rollback' ? [] : promotionsWithoutLabel(document, graph)
  })

function promotionsWithoutLabel(document: Document, graph: Graph): readonly Finding[] {
  const callOf = writtenCalls(document)
  const found: Finding[] = []
  flowThrough<string>(graph, {
    gives: (node) => {
      const call = callOf(node)
      return call !== undefined && asksForLabel(node, call) ? [versionOf(call)] : []
    },
    answerGives: () => [],
    visit: (node, before) => {
      const call = callOf(node)
      if (node.kind !== 'action' || call === undefined || !promotes(call) || before.has(versionOf(call))) return
      found.push(
        error(
          'law/no-immortal-model',
          `"${call.method.value}" promotes a version, but not every path to it has seen this quarter's label of that version`,
          {
            span: node.span,
            hint: 'check registry.attestations of the same model and version first: `expect: result.label != "none"`',
          },
        ),
      )
    },
    lenient: false,
  })
  return found
}

function promotes(call: MethodCall): boolean {
  switch (call.method.value) {
    case 'registry.setAlias': {
      // What is only known at run time may be production.
      const alias = writtenArgument(call, 'alias')
      return alias === 'production' || alias.includes('${{')
    }
    case 'inference.setAllocation':
      return !/^0*(\.0*)?$/.test(writtenArgument(call, 'share'))
    case 'inference.switchTo':
      return true
    default:
      return false
  }
}

/** As it is written, so that the version that was looked at is the one that is promoted. */
const versionOf = (call: MethodCall): string => `${writtenArgument(call, 'model')} ${writtenArgument(call, 'version')}`

function asksForLabel(node: Node, call: MethodCall): boolean {
  if (node.kind !== 'check' || call.method.value !== 'registry.attestations') return false
  return !isReadable(node.expect) || (labels.some((label) => holdsWith(node.expect, label)) && needsLabel(node.expect))
}

const labels = ['retire', 'retrain', 'refit'] as const
const committee = [true, false] as const
const gates = (expect: Expr<boolean>): readonly number[] => [
  0,
  ...countsAround([15, ...literalsIn(expect.text).numbers]),
]

const holdsWith = (expect: Expr<boolean>, label: string): boolean =>
  gates(expect).some((gatesPassed) =>
    committee.some((committeeApproved) => holdsOn(expect, { gatesPassed, committeeApproved, label })),
  )
const needsLabel = (expect: Expr<boolean>): boolean => !holdsWith(expect, 'none')
