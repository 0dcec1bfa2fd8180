/** `desk run list|show|continue|abort|approve`. */
import type { Command, Context } from '../command.ts'
import { loadLibrary } from '../library.ts'
import { needLines } from '../render/needs.ts'
import { cut, shown } from '../render/layout.ts'
import { moment } from '../render/moment.ts'
import { styleOf, toned } from '../render/style.ts'
import { answersFrom, type WalkFlags } from '../walking/answers.ts'
import { nameAnswers, type Walked } from '../walking/name-answers.ts'
import { peopleFor, walkAndReport } from '../walking/report.ts'
import { holdsRole, leaveHeartbeat, openSession, type Session } from '../walking/session.ts'
import { compilePinned, takeUp } from '../walking/taking-up.ts'
import { resultOf, tellOf } from '../walking/walk-run.ts'
import { type WhichDesk, whichDesk } from '../which-desk.ts'
import { listRuns, type RunSummary } from '../../audit/runs.ts'
import { isSamePerson } from '../../killswitch/person.ts'
import { type ExitCode, DeskError, exitCodes, worstExit } from '../../model/failure.ts'
import { statusOf, outcomes } from '../../model/outcome.ts'
import { recordDecision } from '../../walk/approvals.ts'
import { listDue, pinnedTexts, readJournal } from '../../walk/run.ts'
import { entryAt } from '../../walk/state.ts'

/** Ended runs that a list shows beside the open ones. */
const latestEnded = 10

export const list: Command<{ readonly all: boolean }> = ({ all }, context) => {
  const { io, globals } = context
  const runs = listRuns(whichDesk(context).stateDir)
  const ended = runs.filter((r) => r.state === 'closed')
  const chosen = [...runs.filter((r) => r.state !== 'closed'), ...(all ? ended : ended.slice(-latestEnded)).reverse()]
  if (globals.json) {
    io.out(
      `${JSON.stringify({ schema: 1, runs: chosen.map(({ process: _, ...run }) => ({ ...run, status: statusFor(run) })) })}\n`,
    )
    return Promise.resolve(exitCodes.ok)
  }
  if (chosen.length === 0) io.out('no runs yet\n')
  const style = styleOf(io)
  for (const run of chosen) {
    const status = statusFor(run)
    const pad = ' '.repeat(Math.max(1, 13 - status.length))
    io.out(`${run.run}  ${toned(style, status)}${pad}${run.graph ?? ''}\n`)
    io.out(`${cut(`  by ${shown(run.by)}, ${moment(run.openedAt)}`, io.columns)}\n`)
    if (run.state === 'open')
      io.out(`  its process died, unless it is being walked\n    next: desk run continue ${run.run}\n`)
    if (run.state !== 'closed') for (const line of needLines(run.needs ?? [], run.run)) io.out(`  ${line}\n`)
  }
  return Promise.resolve(exitCodes.ok)
}

const statusFor = (run: RunSummary): string => {
  if (run.state === 'closed') return statusOf[outcomes.find((o) => o === run.outcome) ?? 'undetermined']
  return run.state === 'parked' ? 'waiting' : 'running'
}

export const show: Command<{ readonly run: string }> = ({ run }, context) => {
  const { io, globals } = context
  const desk = whichDesk(context)
  const { journalled, state } = readJournal(readOnlyDesk(desk, context), run)
  const { opened } = state
  if (opened === undefined)
    throw new DeskError('run-damaged', exitCodes.undetermined, `${run} has no beginning`, 'desk audit verify')
  if (globals.json) {
    const graphs = compilePinned(pinnedTexts(readOnlyDesk(desk, context), opened.pinned.documents))
    io.out(`${JSON.stringify(resultOf({ graphs, root: opened.pinned.root, run, state }, new Map(), new Map()))}\n`)
    return Promise.resolve(exitCodes.ok)
  }
  io.out(`${run}  ${opened.title}\n  ${opened.pinned.root}, opened by ${opened.by.id}, ${moment(opened.time)}\n`)
  for (const { record } of journalled) {
    if (record.kind === 'opened') continue
    const at = 'at' in record ? record.at.path : ''
    const { kind, ...rest } = record
    const said =
      'outcome' in rest
        ? rest.outcome
        : 'answer' in rest
          ? rest.answer
          : 'verdict' in rest
            ? rest.verdict
            : 'result' in rest
              ? rest.result
              : ''
    const time = record.time.slice(0, 19).replace('T', ' ')
    io.out(`${cut(`  ${time}  ${kind.padEnd(10)} ${shown(said)}  ${at}`, io.columns)}\n`)
  }
  for (const line of needLines(state.parked?.needs ?? [], run)) io.out(`${line}\n`)
  return Promise.resolve(exitCodes.ok)
}

interface ResumeOptions extends WalkFlags {
  readonly run?: string
  readonly due: boolean
}

export const resume: Command<ResumeOptions> = async (options, context) => {
  const desk = whichDesk(context)
  const session = openSession(context, desk)
  if (options.due) return resumeDue(options, session, context)
  return resumeOne(options.run ?? onlyOpen(desk), options, session, context)
}

/** Every run whose moment has come, once; the worst end is the exit code. Nothing due is a good end. */
async function resumeDue(options: ResumeOptions, session: Session, context: Context): Promise<ExitCode> {
  leaveHeartbeat(session.desk.stateDir, context.deps.now())
  const codes: ExitCode[] = []
  // Several runs, and still one document: each run's own is kept until all have been walked.
  const documents: string[] = []
  const isOne = tellOf(context.globals) === 'json'
  const keeping = isOne
    ? { ...context, io: { ...context.io, out: (text: string) => void documents.push(text) } }
    : context
  for (const { run } of listDue(session.walkDesk)) {
    try {
      codes.push(await resumeOne(run, options, session, keeping))
    } catch (error) {
      if (!(error instanceof DeskError)) throw error
      const { code, exit, message } = error
      if (isOne) documents.push(JSON.stringify({ run: { id: run }, error: { code, exit, message } }))
      context.io.err(`desk: ${run}: ${message}\n`)
      codes.push(exit)
    }
  }
  if (isOne) context.io.out(`{"schema":1,"runs":[${documents.map((text) => text.trimEnd()).join(',')}]}\n`)
  return worstExit(codes)
}

async function resumeOne(run: string, flags: WalkFlags, session: Session, context: Context): Promise<ExitCode> {
  const library = await loadLibrary(session.desk, context)
  const given = answersFrom(flags, session.person, session.desk, context.deps)
  // Before the run is taken up: what cannot be understood leaves it as it was.
  const answers = given.answers.size === 0 ? given : nameAnswers(given, flags, pinnedBy(run, session.walkDesk))
  const ready = takeUp(run, session, library)
  return (await walkAndReport(ready, {}, session, context, peopleFor(run, answers, session, context))).exit
}

/** The documents of a run as it pinned them. Throws DeskError `run-damaged` where it has no beginning. */
function pinnedBy(run: string, desk: Session['walkDesk']): Walked {
  const { opened } = readJournal(desk, run).state
  if (opened === undefined)
    throw new DeskError('run-damaged', exitCodes.undetermined, `${run} has no beginning`, 'desk audit verify')
  return { graphs: compilePinned(pinnedTexts(desk, opened.pinned.documents)), root: opened.pinned.root }
}

function onlyOpen(desk: WhichDesk): string {
  const open = listRuns(desk.stateDir).filter((r) => r.state !== 'closed')
  const [first] = open
  if (first !== undefined && open.length === 1) return first.run
  const message = first === undefined ? 'no run is open' : `${String(open.length)} runs are open: say which`
  throw new DeskError('which-run', exitCodes.usage, message, 'desk run list')
}

export const approve: Command<{ readonly run: string; readonly decline: boolean }> = ({ run, decline }, context) => {
  const session = openSession(context)
  const { walkDesk, person, desk } = session
  const { state } = readJournal(walkDesk, run)
  const needs = (state.parked?.needs ?? []).filter((need) => need.kind === 'approval')
  if (state.closed !== undefined || needs.length === 0)
    throw new DeskError('nothing-to-approve', exitCodes.usage, `${run} waits for no approval`, `desk run show ${run}`)
  if (state.opened !== undefined && isSamePerson(state.opened.by.id, person.id)) {
    throw new DeskError(
      'own-request',
      exitCodes.refused,
      `${person.id} opened this run and cannot approve it`,
      'somebody else approves',
    )
  }
  for (const need of needs) {
    if (!holdsRole(desk, person, need.role))
      throw new DeskError(
        'wrong-role',
        exitCodes.notAuthorised,
        `${person.id} is no ${need.role}`,
        `somebody with the role ${need.role} approves`,
      )
    const offers = entryAt(state, need.at.path).entered?.offers
    if (offers === undefined)
      throw new DeskError(
        'run-damaged',
        exitCodes.undetermined,
        `${need.at.path} says not what it offers`,
        'desk audit verify',
      )
    recordDecision(walkDesk, { kind: decline ? 'declined' : 'approved', run, at: need.at, offers, by: person })
    if (!context.globals.json) context.io.out(`${decline ? 'declined' : 'approved'}: ${shown(need.title)}\n`)
  }
  if (context.globals.json) {
    const decided = needs.map(({ at, role }) => ({ at: at.path, role }))
    context.io.out(`${JSON.stringify({ schema: 1, run, decision: decline ? 'declined' : 'approved', decided })}\n`)
  }
  context.io.err(`  next: desk run continue ${run}\n`)
  return Promise.resolve(exitCodes.ok)
}

/** What reading a journal needs of a desk. */
const readOnlyDesk = (desk: WhichDesk, { deps }: Context): Session['walkDesk'] => ({
  stateDir: desk.stateDir,
  now: deps.now,
  random: deps.random,
  envelope: { host: deps.host, traceId: '' },
  paper: desk.profile === 'paper',
  epoch: () => 'none',
})
