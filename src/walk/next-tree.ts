/** Questions and leaves: where a tree decides, and where it ends. */
import type { GraphId, LeafNode, NodeId, QuestionNode } from '../model/graph.ts'
import type { Place } from '../model/journal.ts'
import { isGood, worst, type Outcome } from '../model/outcome.ts'
import type { SampleFor, Step } from './command.ts'
import { ask, done, end, go, record, timeOf, type Frame, type Spot } from './frame.ts'
import { frameBelow, needsOf } from './place.ts'
import { deskNameOf, evaluateArgs, type Known } from './scope.ts'
import { entryAt, type Entry } from './state.ts'

/** How the walk goes on from here; `next.ts` passes itself in. */
export interface Onward {
  readonly at: (frame: Frame, id: NodeId) => Step
  readonly sequence: (frame: Frame, ids: readonly NodeId[]) => Step
  readonly inputs: (frame: Frame, graph: GraphId) => Known<Readonly<Record<string, unknown>>>
  readonly below: (frame: Frame, prefix: string, graph: GraphId, inputs: Readonly<Record<string, unknown>>) => Step
  readonly published: (frame: Frame, at: Place, event: string, status: string, title: string) => Step | undefined
}

/** Evidence of a probe that is older is read again before it answers. */
const probeFreshMs = 10 * 60_000

export function nextQuestion(frame: Frame, { node, at, entry }: Spot<QuestionNode>, onward: Onward): Step {
  if (entry.answer === undefined) {
    const { probe } = node
    const last = entry.samples.at(-1)
    const stale = last === undefined || frame.world.nowMs - Date.parse(last.time) > probeFreshMs
    if (probe !== undefined && stale) {
      return sampleFor(frame, at, { kind: 'probe', node, probe }, () => unanswered(frame, node, at))
    }
    return unanswered(frame, node, at)
  }
  const { answer } = entry.answer
  const { needs } = node
  if (needs?.answer !== answer) return onward.at(frame, node.to.get(answer) ?? node.unsure)
  const path = needsOf(at.path)
  const proof = entryAt(frame.state, path).samples.at(-1)
  const otherwise = (): Step => onward.at(frame, node.to.get(needs.otherwise) ?? node.unsure)
  if (proof === undefined) return sampleFor(frame, { path, visit: at.visit }, { kind: 'needs', node, needs }, otherwise)
  return proof.verdict === 'ok' ? onward.at(frame, node.to.get(answer) ?? node.unsure) : otherwise()
}

const unanswered = (frame: Frame, node: QuestionNode, at: Place): Step =>
  ask(frame, node, { kind: 'answer', at, title: node.title, answers: [...node.to.keys()] })

/** `unreadable`: where the arguments cannot be told there is nothing to read. */
function sampleFor(
  frame: Frame,
  at: Place,
  what: Exclude<SampleFor, { readonly kind: 'check' }>,
  unreadable: () => Step,
): Step {
  const invocation = what.kind === 'probe' ? what.probe.check : what.needs.check
  const args = evaluateArgs(invocation.args, frame.env)
  if (args.kind === 'undetermined') return unreadable()
  const { env } = frame
  return go({ kind: 'sample', at, for: what, invocation, args: args.value, env, notBeforeMs: frame.world.nowMs })
}

export function nextLeaf(frame: Frame, { node, at, entry }: Spot<LeafNode>, onward: Onward): Step {
  const tree = frame.graph.id
  if (entry.found === undefined) {
    return record({ kind: 'found', at, time: timeOf(frame), tree, leaf: node.id, as: node.leaf })
  }
  const event = `${tree.slice(tree.indexOf('/') + 1)}.${node.id}`
  const announce = onward.published(frame, at, event, 'pass', node.title)
  if (announce !== undefined) return announce
  const acted = node.do.length === 0 ? done('ok') : nextOffer(frame, node, at, entry, onward)
  if (acted.kind === 'go') return acted
  if (!isGood(acted.outcome)) return end(frame, at, acted.outcome, acted.reason)
  const outcomes: Outcome[] = [acted.outcome]
  for (const id of node.then) {
    const inputs = onward.inputs(frame, id)
    if (inputs.kind === 'undetermined') return end(frame, at, 'undetermined', inputs.reason)
    const step = onward.below(frame, frameBelow(at.path), id, inputs.value)
    if (step.kind === 'go') return step
    outcomes.push(step.outcome)
  }
  return end(frame, at, worst(outcomes))
}

/** Declining is put on record and changes nothing of what was found: the offer stands until somebody takes it or gives the run up. */
function nextOffer(frame: Frame, node: LeafNode, at: Place, { leaf }: Entry, onward: Onward): Step {
  if (leaf?.kind !== 'taken') {
    const confirm = node.leaf === 'resume' ? { confirm: deskNameOf(frame.world.run.config) } : {}
    return ask(frame, node, { kind: 'act', at, title: node.title, ...confirm })
  }
  return onward.sequence(frame, node.do)
}
