/** From a reading to what goes on record: verdict, evidence, saved values, and a probe's answer. */
import type { Env } from '../model/graph.ts'
import type { Evidence, Verdict } from '../model/journal.ts'
import type { Reading } from '../ports/adapter.ts'
import type { SampleFor } from './command.ts'
import { evaluate, evaluateBool, evaluateText } from './scope.ts'

export interface Judged {
  readonly verdict: Verdict
  readonly evidence: Evidence
  readonly saved?: Readonly<Record<string, unknown>>
  readonly answer?: string
}

/** No answer, no evidence, no verdict: whatever cannot be told is undetermined, never a pass and never a failure. */
export function judge(what: SampleFor, reading: Reading, env: Env, now: Date): Judged {
  const expected = expectedBy(what)
  if (reading.kind === 'failure') {
    const { source, reason } = reading
    return { verdict: 'undetermined', evidence: { source, asOf: now.toISOString(), expected, observed: null, reason } }
  }
  const { source, asOf, value } = reading
  const name = what.kind === 'check' ? what.node.save : what.kind === 'probe' ? what.probe.save : undefined
  const saved = name === undefined ? {} : { saved: { [name]: value } }
  const seen = { ...env, ...saved.saved, result: value }
  const evidence: Evidence = { source, asOf, expected, observed: value }
  const cannotTell = (reason: string): Judged => ({
    verdict: 'undetermined',
    evidence: { ...evidence, reason },
    ...saved,
  })
  switch (what.kind) {
    case 'check': {
      const { expect, record } = what.node
      const holds = evaluateBool(expect, seen)
      if (holds.kind === 'undetermined') return cannotTell(holds.reason)
      const recorded: Record<string, unknown> = {}
      for (const expr of record) {
        const measured = evaluate(expr, seen)
        if (measured.kind === 'undetermined' || measured.value === undefined)
          return cannotTell(`${expr.text} was not measured`)
        recorded[expr.text] = measured.value
      }
      const observed = record.length === 0 ? value : recorded
      return { verdict: holds.value ? 'ok' : 'failed', evidence: { ...evidence, observed }, ...saved }
    }
    case 'needs': {
      const holds = evaluateBool(what.needs.holds, seen)
      return holds.kind === 'known' ? { verdict: holds.value ? 'ok' : 'failed', evidence } : cannotTell(holds.reason)
    }
    case 'probe': {
      const answer = evaluateText(what.probe.answer, seen)
      if (answer.kind === 'undetermined') return cannotTell(answer.reason)
      if (answer.value === 'unsure') return cannotTell('the evidence does not decide it')
      if (!what.node.to.has(answer.value)) return cannotTell(`the probe answered ${JSON.stringify(answer.value)}`)
      return { verdict: 'ok', evidence, ...saved, answer: answer.value }
    }
  }
}

function expectedBy(what: SampleFor): string {
  switch (what.kind) {
    case 'check':
      return what.node.expect.text
    case 'needs':
      return what.needs.holds.text
    case 'probe':
      return what.probe.answer.text
  }
}
