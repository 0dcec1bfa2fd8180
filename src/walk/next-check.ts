/** What to do about a measurement: once, until it passes, or for as long as it must hold. */
import type { CheckNode } from '../model/graph.ts'
import type { Repeat, Step } from './command.ts'
import { ask, end, go, longestStayMs, pathOf, tooLate, type Frame, type Spot } from './frame.ts'
import { evaluateArgs } from './scope.ts'
import { entryAt, type RecordOf } from './state.ts'

type Sample = RecordOf<'sample'>
const timeMs = (text: string): number => Date.parse(text)

/**
 * W8 A verdict follows from samples alone. A hold begins with the first sample after the last gap that was too long; a poll ends with
 *    its time, and its last sample is its verdict.
 * W9 What is too far away for a process to stay parks the run.
 */
export function nextCheck(frame: Frame, spot: Spot<CheckNode>): Step {
  const { node, at, entry } = spot
  const { mode } = node
  if (neverDue(frame, node)) return end(frame, at, 'undetermined', `not reached: ${tooLate}`)
  const last = entry.samples.at(-1)
  if (last === undefined) return sample(frame, spot, frame.world.nowMs)
  const verdict = end(frame, at, last.verdict, last.evidence.reason)
  const lastMs = timeMs(last.time)
  switch (mode.kind) {
    case 'once':
      return verdict
    case 'within': {
      const untilMs = startOf(entry.samples[0] ?? last) + mode.ms
      if (last.verdict === 'ok' || lastMs >= untilMs) return verdict
      if (frame.world.nowMs > untilMs + mode.everyMs) return verdict
      return sample(frame, spot, Math.min(lastMs + mode.everyMs, untilMs), { everyMs: mode.everyMs, untilMs })
    }
    case 'hold': {
      if (last.verdict !== 'ok') return verdict
      const untilMs = frame.world.dueMs(mode.duration, holdStartMs(entry.samples, mode.maxGapMs))
      if (lastMs >= untilMs) return verdict
      const notBeforeMs = Math.min(lastMs + mode.everyMs, untilMs)
      return sample(frame, spot, notBeforeMs, { everyMs: mode.everyMs, untilMs, maxGapMs: mode.maxGapMs })
    }
  }
}

function sample(frame: Frame, spot: Spot<CheckNode>, notBeforeMs: number, repeat?: Repeat): Step {
  const { node, at } = spot
  if (notBeforeMs - frame.world.nowMs > longestStayMs) {
    return ask(frame, node, { kind: 'moment', at, title: node.title, dueAt: new Date(notBeforeMs).toISOString() })
  }
  const args = evaluateArgs(node.check.args, frame.env)
  if (args.kind === 'undetermined') return end(frame, at, 'undetermined', args.reason)
  return go({
    kind: 'sample',
    at,
    for: { kind: 'check', node },
    invocation: node.check,
    args: args.value,
    env: frame.env,
    notBeforeMs,
    ...(repeat === undefined ? {} : { repeat }),
  })
}

/** When the first of the samples that a record stands for was taken. */
const startOf = (s: Sample): number => timeMs(s.since ?? s.time)

/** When the hold that the latest sample belongs to began. */
function holdStartMs(samples: readonly Sample[], maxGapMs: number): number {
  let startMs = Number.NaN
  let beforeMs = Number.NEGATIVE_INFINITY
  for (const s of samples) {
    if (startOf(s) - beforeMs > maxGapMs) startMs = startOf(s)
    beforeMs = timeMs(s.time)
  }
  return startMs
}

/** A check behind a wait that nobody waited for: what it would measure now is not what it is meant to measure. */
function neverDue(frame: Frame, node: CheckNode): boolean {
  if (!frame.late) return false
  const { outcome } = entryAt(frame.state, pathOf(frame, `${node.id}@after`))
  return outcome?.reason === tooLate
}
