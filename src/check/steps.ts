/** Every step of a document, however deep, and every clause of it that names a method, a runbook or a tree. */
import type { GraphId } from '../model/graph.ts'
import type { Document, Gate, MethodCall, RunbookCall, Step } from '../parse/document.ts'
import type { Located } from '../parse/form.ts'

/** Lists of steps that run one after the other: `steps`, `verify`, a leaf's `do`. */
export function stepLists(document: Document): readonly (readonly Step[])[] {
  switch (document.kind) {
    case 'runbook':
      return [document.steps, document.verify]
    case 'tree':
      return [...document.leaves.values()].map((leaf) => leaf.steps)
    case 'gates':
      return document.gates.map(checksOf)
    case 'incident':
      return [[...document.act, ...document.detect, ...document.contain], document.review]
    case 'monitors':
      return document.monitors.map(({ checks }) => checks)
  }
}

const checksOf = ({ proof }: Gate): readonly Step[] => (proof.kind === 'checks' ? proof.checks : [])

export const withNested = (steps: readonly Step[]): readonly Step[] =>
  steps.flatMap((step) => (step.kind === 'parallel' ? [step, ...withNested(step.steps)] : [step]))

export const allSteps = (document: Document): readonly Step[] => stepLists(document).flatMap(withNested)

export interface NamedMethod {
  readonly call: MethodCall
  /** Read-only methods check, the others do. */
  readonly as: 'do' | 'check'
}

export function methodCalls(document: Document): readonly NamedMethod[] {
  const calls = allSteps(document).flatMap((step): readonly NamedMethod[] => {
    if (step.kind === 'check') return [{ call: step.call, as: 'check' }]
    if (step.kind !== 'do') return []
    return [
      { call: step.call, as: 'do' },
      ...(step.undo === undefined ? [] : [{ call: step.undo, as: 'do' } as const]),
      ...(step.settle === undefined ? [] : [{ call: step.settle.call, as: 'check' } as const]),
    ]
  })
  if (document.kind === 'tree') {
    for (const { probe, needs } of document.questions.values()) {
      if (probe !== undefined) calls.push({ call: probe.call, as: 'check' })
      if (needs !== undefined) calls.push({ call: needs.call, as: 'check' })
    }
  }
  if (document.kind === 'gates' || document.kind === 'monitors') {
    const judged = document.kind === 'gates' ? document.gates : document.monitors
    for (const action of judged.flatMap(({ onFail }) => onFail)) {
      if (action.kind === 'do') calls.push({ call: action.call, as: 'do' })
    }
  }
  return calls
}

export const runbookCalls = (document: Document): readonly RunbookCall[] =>
  allSteps(document).flatMap((step) => [
    ...(step.kind === 'run' ? [step.call] : []),
    ...(step.onFail.kind === 'run' ? [step.onFail.call] : []),
  ])

export const treeCalls = (document: Document): readonly Located<string>[] => [
  ...allSteps(document).flatMap((step) => (step.onFail.kind === 'tree' ? [step.onFail.tree] : [])),
  ...(document.kind === 'tree' ? [...document.leaves.values()].flatMap((leaf) => leaf.then) : []),
]

/** The documents that one names, each with where it stands. */
export const documentCalls = (document: Document): readonly Located<GraphId>[] => [
  ...runbookCalls(document).map(({ runbook: { value, span } }): Located<GraphId> => ({
    value: `runbook/${value}`,
    span,
  })),
  ...treeCalls(document).map(({ value, span }): Located<GraphId> => ({ value: `tree/${value}`, span })),
]
