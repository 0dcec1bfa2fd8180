/** What must be shown before a desk trades: after a halt what the log says since, before the first live permit the gates of the launch. */
import type { Context } from './command.ts'
import { dueOf } from './walking/gate-windows.ts'
import { procedureOf } from './walking/procedure.ts'
import type { WhichDesk } from './which-desk.ts'
import { parseSegmentName } from '../audit/layout.ts'
import { readRun } from '../audit/segment-read.ts'
import type { Ref } from '../audit/record.ts'
import { type EvidenceAnswer, type EvidenceCheck, evidenceInLog } from '../killswitch/evidence.ts'
import type { GateResult } from '../walk/result.ts'

export function evidenceFor(desk: WhichDesk, context: Context): EvidenceCheck {
  const inLog = evidenceInLog(desk.stateDir)
  if (desk.profile === 'paper') return inLog
  return (need) => (need.launch ? launchEvidence(desk, context, need.sinceMs) : inLog(need))
}

const launchGates: readonly string[] = ['P1', 'P2', 'P3', 'P4']

/** Each of the four passed on this trading day, by the text of the set that is in force, and after whatever halt there was. */
async function launchEvidence(desk: WhichDesk, context: Context, sinceMs: number): Promise<readonly EvidenceAnswer[]> {
  const procedure = await procedureOf('gates', 'pre-launch', desk, context)
  const { earlier } = dueOf(procedure, desk.stateDir, context.deps.now().getTime())
  return launchGates.map((id) => answerFor(desk.stateDir, `gates/pre-launch#${id}`, earlier.get(id), sinceMs))
}

function answerFor(stateDir: string, what: string, gate: GateResult | undefined, sinceMs: number): EvidenceAnswer {
  const missing = (reason: string): EvidenceAnswer => ({ kind: 'missing', what, reason })
  if (gate === undefined) return missing('not run on this trading day')
  if (gate.status !== 'pass') return missing(`the latest result is ${gate.status}`)
  const { asOf: at, ref } = gate.evidence ?? {}
  const hash = ref === undefined ? undefined : hashOf(stateDir, ref)
  if (at === undefined || ref === undefined || hash === undefined) return missing('its record cannot be found')
  if (!(Date.parse(at) > sinceMs)) return missing('not since the halt')
  return { kind: 'holds', what, at, ref, hash }
}

function hashOf(stateDir: string, { segment, seq }: Ref): string | undefined {
  const name = parseSegmentName(segment)
  if (name === undefined) return undefined
  const read = readRun(stateDir, name.run)
  return read.problems.length > 0 ? undefined : read.segments[name.k]?.entries[seq]?.h
}
