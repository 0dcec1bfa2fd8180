/** `desk run approve <run>`: agrees, or refuses to agree, to exactly what a run of somebody else offers. */
import type { Command, Context } from '../command.ts'
import { recordDeaths } from '../deaths.ts'
import { loadLibrary } from '../library.ts'
import { printJson } from '../output/print.ts'
import { shown } from '../render/layout.ts'
import { recogniseDecider, refuseUnknownOthers, runStatement } from '../second-person.ts'
import { holdsRole, inRole, openSession, type Session } from '../walking/session.ts'
import { compilePinned } from '../walking/taking-up.ts'
import { whichDesk, whoMayBe } from '../which-desk.ts'
import { isSamePerson } from '../../killswitch/person.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { Graph, GraphId } from '../../model/graph.ts'
import type { Need } from '../../model/journal.ts'
import { recordDecision } from '../../walk/approvals.ts'
import { nodeAt } from '../../walk/place.ts'
import { pinnedTexts, readJournal } from '../../walk/read-run.ts'
import { isGraphId } from '../../walk/scope.ts'
import { entryAt, type RecordOf, type State } from '../../walk/state.ts'

interface ApproveOptions {
  readonly run: string
  readonly decline: boolean
  readonly sign?: string
}
type Approval = Extract<Need, { readonly kind: 'approval' }>

export const run: Command<ApproveOptions> = async (options, context) => {
  const asked = whichDesk(context)
  // A signature tells who it is where no account does.
  const session = openSession(context, asked, whoMayBe(asked, context) ?? { id: 'unknown', via: 'login' })
  recordDeaths(session.desk.stateDir, context)
  const { state } = readJournal(session.walkDesk, options.run)
  const needs = (state.parked?.needs ?? []).filter((need) => need.kind === 'approval')
  if (state.closed !== undefined || needs.length === 0)
    throw new DeskError(
      'nothing-to-approve',
      exitCodes.usage,
      `${options.run} waits for no approval`,
      `desk run show ${options.run}`,
    )
  const { opened } = state
  const graphs =
    opened === undefined
      ? new Map<GraphId, Graph>()
      : compilePinned(pinnedTexts(session.walkDesk, opened.pinned.documents), await loadLibrary(session.desk, context))
  const offered = needs.map((need) => ({ need, offers: offersOf(options.run, need, { state, graphs }, context) }))
  for (const { need, offers } of offered) await decide(options, need, offers, { opened, session }, context)
  tell(options, needs, context)
  return exitCodes.ok
}

/** What is offered there, while there is still time to agree to it. */
function offersOf(
  run: string,
  { at, title }: Approval,
  { state, graphs }: { readonly state: State; readonly graphs: ReadonlyMap<GraphId, Graph> },
  { deps }: Context,
): string {
  const { entered } = entryAt(state, at.path)
  const { graph, node: id } = nodeAt(at.path)
  const node = isGraphId(graph) ? graphs.get(graph)?.nodes.get(id) : undefined
  if (entered?.offers === undefined || node?.kind !== 'approval')
    throw new DeskError(
      'run-damaged',
      exitCodes.undetermined,
      `${at.path} says not what it offers`,
      'desk audit verify',
    )
  const untilMs = Date.parse(entered.time) + node.expiresMs
  if (!(deps.now().getTime() < untilMs))
    throw new DeskError(
      'expired',
      exitCodes.refused,
      `${shown(title)}: this could be approved until ${new Date(untilMs).toISOString()}`,
      `desk run continue ${run} ends it; then somebody asks anew`,
    )
  return entered.offers
}

/** Puts it on record, by somebody who holds the role and is certainly not the one who opened the run. */
async function decide(
  { run, decline, sign }: ApproveOptions,
  { at, role }: Approval,
  offers: string,
  { opened, session }: { readonly opened: RecordOf<'opened'> | undefined; readonly session: Session },
  context: Context,
): Promise<void> {
  const { desk, walkDesk } = session
  const kind = decline ? 'declined' : 'approved'
  const statement = runStatement(kind, { desk: desk.name, host: context.deps.host, run, at, offers })
  const { person, signature } = await recogniseDecider(desk, context, statement, sign)
  if (opened !== undefined && isSamePerson(opened.by.id, person.id))
    throw new DeskError(
      'own-request',
      exitCodes.refused,
      `${person.id} opened this run and cannot approve it`,
      'somebody else approves',
    )
  if (!holdsRole(desk, person, role))
    throw new DeskError(
      'wrong-role',
      exitCodes.notAuthorised,
      `${person.id} is no ${role}`,
      `somebody with the role ${role} approves`,
    )
  // Whoever it was, a refusal does no harm.
  if (!decline && opened !== undefined) refuseUnknownOthers(desk, [opened.by.id], 'opened this run')
  recordDecision(walkDesk, {
    kind,
    run,
    at,
    offers,
    by: inRole(desk, person),
    ...(signature === undefined ? {} : { signature }),
  })
}

function tell({ run, decline }: ApproveOptions, needs: readonly Approval[], { io, globals }: Context): void {
  const decision = decline ? 'declined' : 'approved'
  if (globals.json)
    printJson(io, 'run-approve', {
      schema: 1,
      run,
      decision,
      decided: needs.map(({ at, role }) => ({ at: at.path, role })),
    })
  else for (const { title } of needs) io.out(`${decision}: ${shown(title)}\n`)
  io.err(`  next: desk run continue ${run}\n`)
}
