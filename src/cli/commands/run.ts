/** `desk run continue`. */
import type { Command, Context } from '../command.ts'
import { recordDeaths } from '../deaths.ts'
import { type Library, loadLibrary } from '../library.ts'
import type { WalkFlags } from '../walking/answers.ts'
import { gatesOfRun } from '../walking/gate-windows.ts'
import { endOfGates } from '../walking/gates-end.ts'
import { givenAnswers, type Walked } from '../walking/name-answers.ts'
import { recordingRefusals, UnprovedAnswer } from '../walking/refused-answer.ts'
import { peopleFor, report, walkAndReport } from '../walking/report.ts'
import { leaveHeartbeat, openSession, type Session } from '../walking/session.ts'
import { checkSigned, withoutOthers, writeSigned } from '../walking/signed-answers.ts'
import { compilePinned, takeUp } from '../walking/taking-up.ts'
import { tellOf } from '../walking/walk-run.ts'
import { asItStands } from '../../audit/presence.ts'
import type { Recovered } from '../../audit/recovery.ts'
import { listRuns } from '../../audit/runs.ts'
import { isAlive } from '../../lock/liveness.ts'
import { type ExitCode, DeskError, exitCodes, worstExit } from '../../model/failure.ts'
import type { Graph, GraphId } from '../../model/graph.ts'
import { visible } from '../../source/visible.ts'
import { exitOfOutcome } from '../../walk/exit.ts'
import type { Answers } from '../../walk/headless.ts'
import { type PinnedText, pinnedTexts, readJournal } from '../../walk/read-run.ts'
import { listDue, type Ready } from '../../walk/run.ts'
import type { RecordOf, State } from '../../walk/state.ts'
import { isBeingUndone, undo } from '../../walk/undo.ts'
import type { WalkResult } from '../../walk/walk.ts'

interface ResumeOptions extends WalkFlags {
  readonly run?: string
  readonly due: boolean
  /** Only sign the answers, and write them there. */
  readonly write?: string
  /** How long they count. */
  readonly until?: string
}

/** What continuing needs of the command. */
interface Hands {
  readonly session: Session
  readonly context: Context
  /** What this command has just put on record of processes that died. */
  readonly recovered: readonly Recovered[]
  /** Other runs are taken up by the same command. */
  readonly isOneOfMany?: true
}

export const resume: Command<ResumeOptions> = async (options, context) => {
  if (options.due && options.run !== undefined)
    throw new DeskError(
      'one-or-due',
      exitCodes.usage,
      'either one run, or all that are due',
      `desk run continue ${options.run}`,
    )
  const session = openSession(context)
  const recovered = recordDeaths(session.desk.stateDir, context)
  const hands = { session, context, recovered }
  const { write, until } = options
  if (until !== undefined && write === undefined)
    throw new DeskError('no-file', exitCodes.usage, '--until is for answers that are written', '--write <file>')
  if (write !== undefined && options.due)
    throw new DeskError('one-or-due', exitCodes.usage, 'answers are signed for one run', 'desk run continue <run>')
  if (options.due) return resumeDue(options, hands)
  const id = options.run ?? onlyOpen(session.desk.stateDir)
  return write === undefined ? resumeOne(id, options, hands) : signOnly(id, { ...options, write }, hands)
}

async function signOnly(
  id: string,
  options: ResumeOptions & { readonly write: string },
  { session, context }: Hands,
): Promise<ExitCode> {
  const library = await loadLibrary(session.desk, context)
  const pinned = pinnedBy(id, session)
  const { state } = pinned
  if (state.parked === undefined)
    throw new DeskError('not-asked', exitCodes.usage, `${id} waits for nothing`, `desk run show ${id}`)
  const answers = givenAnswers(options, session.person, session.desk, () => walkedOf(pinned, library), context)
  await writeSigned(answers, { run: id, state }, options, session, context)
  return exitCodes.ok
}

/** Every run whose moment has come, once; the worst end is the exit code. Nothing due is a good end. */
async function resumeDue(options: ResumeOptions, hands: Hands): Promise<ExitCode> {
  const { session, context } = hands
  const { deps, io } = context
  const codes: ExitCode[] = []
  try {
    leaveHeartbeat(session.desk.stateDir, deps.now())
  } catch (error) {
    // Waits that guard risk then keep their process, which is the cautious way; whoever looks after cron has to learn of it.
    io.err(
      `desk: no heartbeat was left: ${error instanceof Error ? error.message : String(error)}\n  next: desk doctor\n`,
    )
    codes.push(exitCodes.auditUnwritable)
  }
  // Several runs, and still one document: each run's own is kept until all have been walked.
  const documents: string[] = []
  const isOne = tellOf(context.globals) === 'json'
  const keeping = isOne ? { ...context, io: { ...io, out: (text: string) => void documents.push(text) } } : context
  for (const { run } of listDue(session.walkDesk)) {
    if (deps.interrupted.aborted) break
    try {
      codes.push(await resumeOne(run, options, { ...hands, context: keeping, isOneOfMany: true }))
    } catch (error) {
      if (!(error instanceof DeskError)) throw error
      const { code, exit, message } = error
      if (isOne) documents.push(JSON.stringify({ run: { id: run }, error: { code, exit, message } }))
      io.err(`desk: ${run}: ${visible(message)}\n`)
      codes.push(exit)
    }
  }
  codes.push(...tellGone(session.desk.stateDir, context))
  if (isOne) io.out(`{"schema":1,"runs":[${documents.map((text) => text.trimEnd()).join(',')}]}\n`)
  return worstExit(codes)
}

/** A run that lost its process is nobody's timer: somebody may have killed it for a reason, so a person takes it up. */
function tellGone(stateDir: string, { io }: Context): readonly ExitCode[] {
  return listRuns(stateDir).flatMap((run) => {
    if (!asItStands(stateDir, run, isAlive).isGone) return []
    io.err(
      `desk: ${run.run} (${run.graph ?? 'a run'}): its process is gone, nobody walks it\n  next: desk run continue ${run.run}\n`,
    )
    return [exitCodes.waiting]
  })
}

/** `begin` comes between taking the run up and going on with it. */
export async function resumeOne(
  id: string,
  flags: WalkFlags,
  hands: Hands,
  begin?: (ready: Ready) => void,
): Promise<ExitCode> {
  const { session, context, recovered } = hands
  const { desk } = session
  const library = await loadLibrary(desk, context)
  const pinned = pinnedBy(id, session)
  const { state } = pinned
  if (state.closed !== undefined && recovered.some(({ run, as }) => run === id && as === 'closed')) {
    const { outcome, reason = 'it had ended before its process died' } = state.closed
    const result = { kind: 'closed', outcome, reason, state, exit: exitOfOutcome[outcome] } as const
    return tellEnd(result, { pinned, graphs: compilePinned(pinned.texts, library), library, isTold: false }, hands)
  }
  // Before the run is taken up: what cannot be understood leaves it as it was.
  const { answers, exit: exitOfAnswers } = answersOf(pinned, flags, library, hands)
  const ready = takeUp(id, session, library)
  begin?.(ready)
  const { graphs } = ready.run
  const how = isBeingUndone(ready.run.folding.state) ? undo : undefined
  const people = peopleFor(id, answers, session, context, flags.sign)
  const result = await walkAndReport(ready, gatesIn(pinned, graphs, hands), session, context, people, how)
  if (how !== undefined && result.kind === 'closed' && result.reason === 'undone') return exitOfAnswers
  return worstExit([exitOfAnswers, tellEnd(result, { pinned, graphs, library, isTold: true }, hands)])
}

/**
 * What was said beforehand. Where it does not count the run stays as it was; a run whose moment has come goes on without it, because what
 * it guards does not wait for somebody to mend a file, and the exit code tells.
 */
function answersOf(
  pinned: Pinned,
  flags: WalkFlags,
  library: Library,
  { session, context, isOneOfMany }: Hands,
): { readonly answers: Answers; readonly exit: ExitCode } {
  const { id, state } = pinned
  try {
    const answers = recordingRefusals(session, id, () => {
      const given = givenAnswers(flags, session.person, session.desk, () => walkedOf(pinned, library), context)
      const own = isOneOfMany === true ? withoutOthers(given, id) : given
      checkSigned(own, { run: id, state }, session, context, flags.sign)
      return own
    })
    return { answers, exit: exitCodes.ok }
  } catch (error) {
    if (isOneOfMany !== true || !(error instanceof UnprovedAnswer)) throw error
    context.io.err(`desk: ${id}: ${visible(error.message)}; it goes on without any answer\n`)
    return { answers: { answers: new Map() }, exit: error.exit }
  }
}

interface Pinned {
  readonly id: string
  readonly root: GraphId
  readonly opened: RecordOf<'opened'>
  readonly texts: readonly PinnedText[]
  readonly state: State
}

/** Throws DeskError `run-damaged` where the run has no beginning. */
function pinnedBy(id: string, { walkDesk }: Session): Pinned {
  const { state } = readJournal(walkDesk, id)
  const { opened } = state
  if (opened === undefined)
    throw new DeskError('run-damaged', exitCodes.undetermined, `${id} has no beginning`, 'desk audit verify')
  const { root, documents } = opened.pinned
  return { id, root, opened, texts: pinnedTexts(walkDesk, documents), state }
}

const walkedOf = ({ texts, root, state }: Pinned, library: Library): Walked => ({
  graphs: compilePinned(texts, library),
  root,
  state,
})

type Graphs = ReadonlyMap<GraphId, Graph>

function gatesIn(
  { root, texts, opened }: Pinned,
  graphs: Graphs,
  { session, context }: Hands,
): ReturnType<typeof gatesOfRun> {
  const set = { graph: graphs.get(root), text: texts.find(({ id }) => id === root)?.text ?? '' }
  return gatesOfRun(session.desk.stateDir, set, opened, context.deps.now().getTime())
}

/** The end of one run: what was not told yet, gates in any case one by one, and the exit code. */
function tellEnd(
  result: WalkResult,
  about: { readonly pinned: Pinned; readonly graphs: Graphs; readonly library: Library; readonly isTold: boolean },
  hands: Hands,
): ExitCode {
  const { pinned, graphs, library } = about
  const { id, root } = pinned
  const { io, globals } = hands.context
  const procedure = gatesIn(pinned, graphs, hands)
  if (!about.isTold) report({ id, root, graphs }, result, procedure, io, tellOf(globals))
  if (!root.startsWith('gates/')) return result.exit
  return endOfGates({ graphs, root, run: id, state: result.state }, procedure, result, library, hands.context)
}

function onlyOpen(stateDir: string): string {
  const open = listRuns(stateDir).filter((r) => r.state !== 'closed')
  const [first] = open
  if (first !== undefined && open.length === 1) return first.run
  const message = first === undefined ? 'no run is open' : `${String(open.length)} runs are open: say which`
  throw new DeskError('which-run', exitCodes.usage, message, 'desk run list')
}
