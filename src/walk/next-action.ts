/** What to do about an effect. */
import type { ActionNode, Invocation } from '../model/graph.ts'
import type { Step } from './command.ts'
import { approvalProblem, ask, end, go, type Frame, type Spot } from './frame.ts'
import { evaluateArgs, isObject } from './scope.ts'
import { endOf, type Attempt } from './state.ts'

export interface Effect {
  readonly invocation: Invocation
  readonly undoes?: Spot['at']
}

/**
 * W5 An intent without a known result yields `settle`, or the question to a person, and nothing else; an effect that is `once` is done
 *    again only when it is known that it was not done.
 * W6 The arguments of a repeated attempt are those of the first: neither configuration nor saved values can change what is being done.
 * W7 Acting on arguments that an approval does not bind is refused.
 */
export function nextAction(frame: Frame, spot: Spot<ActionNode>, effect: Effect): Step {
  const { node, at, entry } = spot
  const { invocation } = effect
  const undoes = effect.undoes === undefined ? {} : { undoes: effect.undoes }
  const last = entry.attempts.at(-1)
  if (last === undefined) {
    const args = evaluateArgs(invocation.args, frame.env)
    if (args.kind === 'undetermined') return end(frame, at, 'undetermined', args.reason)
    const problem = effect.undoes === undefined ? approvalProblem(frame, node.id, args.value) : undefined
    if (problem !== undefined) return end(frame, at, 'refused', problem)
    const { value } = args
    return go({ kind: 'act', at, node, attempt: 1, invocation, args: value, notBeforeMs: frame.world.nowMs, ...undoes })
  }
  const args = isObject(last.args) ? last.args : {}
  const again = (notBeforeMs: number): Step =>
    go({ kind: 'act', at, node, attempt: last.attempt + 1, invocation, args, notBeforeMs, ...undoes })
  const retryAtMs = Date.parse(last.endedAt ?? last.time) + (node.retry?.everyMs ?? 0)
  const repeatable = invocation.method.effect === 'idempotent'
  const reason = last.evidence?.reason
  switch (endOf(last)) {
    case undefined: {
      const { attempt, key } = last
      return go({ kind: 'settle', at, node, attempt, invocation, args, key, env: frame.env, ...undoes })
    }
    case 'ok':
      return end(frame, at, 'ok')
    case 'refused':
      return end(frame, at, 'refused', reason)
    case 'failed':
      return repeatable && mayRepeat(node, entry.attempts) ? again(retryAtMs) : end(frame, at, 'failed', reason)
    case 'not-done':
      return mayRepeat(node, entry.attempts)
        ? again(retryAtMs)
        : end(frame, at, 'failed', reason ?? 'it did not take place')
    case 'unknown':
      if (!repeatable) return ask(frame, node, { kind: 'settle', at, title: node.title })
      return mayRepeat(node, entry.attempts) ? again(retryAtMs) : end(frame, at, 'undetermined', reason)
  }
}

/** An attempt that was cut off by a crash is not counted against `retry`. */
const mayRepeat = (node: ActionNode, attempts: readonly Attempt[]): boolean =>
  attempts.filter((attempt) => attempt.result !== undefined).length < 1 + (node.retry?.max ?? 0)
