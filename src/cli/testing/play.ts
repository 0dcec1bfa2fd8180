/** Plays one case on a throwaway desk of its own. */
import type { Context } from '../command.ts'
import { dueOf } from '../walking/gate-windows.ts'
import { givenAnswers } from '../walking/name-answers.ts'
import { type Procedure, walkedOf } from '../walking/procedure.ts'
import { openSession, type Session } from '../walking/session.ts'
import { simulated, throwawayDesk, withinPaper } from '../walking/simulated.ts'
import { walkThrough } from '../walking/walk-through.ts'
import type { WhichDesk } from '../which-desk.ts'
import { scripted } from './scripted.ts'
import { jumpingClock } from '../deps.ts'
import { isFaultId } from '../../adapters/paper/faults.ts'
import { setFault } from '../../adapters/paper/switch-fault.ts'
import { recordEvidence } from '../../audit/evidence.ts'
import { newId } from '../../audit/id.ts'
import { openSegment } from '../../audit/segment.ts'
import type { Case } from '../../parse/cases.ts'
import { startFold } from '../../walk/fold.ts'
import { nodeAt } from '../../walk/place.ts'
import type { WalkEvent } from '../../walk/ports.ts'
import { gatesResult, treeResult, type GatesResult } from '../../walk/result.ts'
import { runStatus, type Shown } from '../../walk/shown.ts'

/** A Friday in the session, where the case does not say. */
const usualNow = '2026-11-20T10:00:00-05:00'

export interface Played {
  readonly shown: Shown
  /** Methods with an effect, in the order in which they were called. */
  readonly effects: readonly string[]
  readonly gates: GatesResult | undefined
  readonly path: readonly string[]
  readonly leaf: string | undefined
  readonly outcome: string
  /** What the case says that no adapter could. */
  readonly problems: readonly string[]
}

/** Throws DeskError for inputs and answers that the procedure does not take. */
export async function play(one: Case, base: Procedure, outer: Context, asked: WhichDesk): Promise<Played> {
  const now = new Date(one.now ?? usualNow)
  const away = throwawayDesk({ ...outer, deps: { ...outer.deps, ...jumpingClock(now) } }, asked, true)
  try {
    const { context, desk } = away
    const { deps } = context
    const opened = openSession(context, desk)
    const place = { stateDir: desk.stateDir, now: deps.now }
    for (const { value } of one.faults) if (isFaultId(value)) await setFault(place, value, true)
    if (one.halted) await halt(opened, deps.now)
    leave(one.evidence, opened, context)
    const script = scripted(withinPaper(opened.adapter), one.says, deps.now)
    const session: Session = { ...opened, person: simulated, adapter: script.adapter }
    const procedure = dueProcedure(base, desk.stateDir, deps.now().getTime())
    if (procedure.selected?.length === 0) return nothingDue(procedure)
    const flags = { set: one.set, answer: one.answers, confirm: desk.name }
    const answers = givenAnswers(flags, session.person, desk, () => walkedOf(procedure), context)
    const effects: string[] = []
    const quiet = { ...context, io: { ...context.io, out: () => undefined, err: () => undefined, canPrompt: false } }
    const observe = (event: WalkEvent): void => {
      if (event.kind === 'recorded' && event.record.kind === 'intent') effects.push(event.record.method)
      if (event.kind !== 'reading' && event.kind !== 'acting') return
      const { graph, node } = nodeAt(event.at.path)
      script.enter(graph.slice(graph.indexOf('/') + 1), node)
    }
    const through = { answers, absent: one.absent, tell: 'json' as const, observe }
    const { ready, result } = await walkThrough(procedure, flags, session, quiet, through)
    const { run } = ready
    return {
      ...toldOf({ graphs: run.graphs, root: run.root, run: run.id, state: result.state }, procedure),
      effects,
      problems: script.problems(),
    }
  } finally {
    away.remove()
  }
}

function nothingDue(procedure: Procedure): Played {
  const { graph, library } = procedure
  const shown = { graphs: library.graphs, root: graph.id, run: '', state: startFold().state }
  return { ...toldOf(shown, procedure), outcome: 'succeeded', effects: [], problems: [] }
}

function toldOf(
  shown: Shown,
  { windows = new Map(), earlier, waivers }: Procedure,
): Omit<Played, 'effects' | 'problems'> {
  const tree = shown.root.startsWith('tree/') ? treeResult(shown) : undefined
  return {
    shown,
    gates: shown.root.startsWith('gates/') ? gatesResult(shown, windows, earlier, undefined, waivers) : undefined,
    path: tree?.path.map(({ question, answer }) => `${question}=${answer}`) ?? [],
    leaf: tree?.leaf?.id,
    outcome: runStatus(shown.state),
  }
}

function dueProcedure(base: Procedure, stateDir: string, nowMs: number): Procedure {
  if (base.graph.cadence === undefined) return base
  const { windows, earlier, waivers, open } = dueOf(base, stateDir, nowMs)
  return { ...base, windows, earlier, waivers, selected: open }
}

/** Each as a run of its own would have left it. */
function leave(evidence: Case['evidence'], { desk, walkDesk, means }: Session, { deps }: Context): void {
  const nowMs = deps.now().getTime()
  for (const { event, agoMs, status } of evidence) {
    const now = (): Date => new Date(nowMs - agoMs)
    const writer = openSegment({
      ...{ stateDir: desk.stateDir, run: newId('note', now, deps.random), k: 0, now },
      header: { event: 'before the case', data: { event } },
      envelope: { ...walkDesk.envelope, actor: simulated.id, traceId: means.traceId },
    })
    recordEvidence(desk.stateDir, writer, { event, status }, now)
    writer.close({ outcome: 'ok' })
  }
}

async function halt({ adapter }: Session, now: () => Date): Promise<void> {
  const halted = await adapter.act({
    ...{ port: 'desk', method: 'halt', args: { scope: 'all', reason: 'before the case' } },
    ...{ timeoutMs: 10_000, signal: new AbortController().signal, key: `case-${String(now().getTime())}` },
  })
  if (halted.kind !== 'done') throw new Error(`the desk of a case could not be halted: ${halted.reason}`)
}
