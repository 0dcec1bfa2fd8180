/** What `desk kill` does once the permission is gone: cancels everywhere, puts on record, verifies, tells. */
import { realDeps, realSleep } from '../deps.ts'
import { userInfo } from 'node:os'
import { putArtefact } from '../../audit/artefact.ts'
import type { Deps } from '../command.ts'
import type { Output } from '../output/published.ts'
import type { KillWords } from '../fast/kill-words.ts'
import { type SweepLimits, type VenueOutcome, snapshotWithin, sweepVenues } from '../../killswitch/aftermath.ts'
import type { DeskRef } from '../../killswitch/desks.ts'
import { type Followed, type HaltRecord, recordHalt } from '../../killswitch/halt-record.ts'
import { type DeskReport, type DeskVerdict, exitOfDesk, isVerified, worstKillExit } from '../../killswitch/report.ts'
import { recognise } from '../../killswitch/person.ts'
import { nameScope } from '../../killswitch/scope.ts'
import { readTrading } from '../../killswitch/trading.ts'
import { type ExitCode, exitCodes } from '../../model/failure.ts'
import { wordsFor } from '../../model/standing.ts'
import type { Halted } from './halt-now.ts'
import { reportLines } from './report-text.ts'
import { type DeskVenues, venuesOf } from './venues.ts'

export interface KillAsked {
  readonly words: KillWords
  readonly halted: readonly Halted[]
  /** What keeps us from knowing all desks: some may not be halted. */
  readonly problems: readonly string[]
  readonly misuse?: string
  readonly tell: (descriptor: 1 | 2, text: string) => void
}
const limits: SweepLimits = { callTimeoutMs: 3000, everyMs: 200, quietMs: 400, giveUpMs: 5000 }
const snapshotTimeoutMs = 3000

export async function finishKill(asked: KillAsked): Promise<ExitCode> {
  const { words, halted, problems, tell } = asked
  const finished = await finishDesks(halted, words, depsWithoutFail())
  const misuse = [
    ...words.misuse,
    ...(asked.misuse === undefined ? [] : [`${asked.misuse}: every desk of this host was halted`]),
  ]
  const answer: Output<'kill'> = { schema: 1, desks: finished.map((each) => each.report) }
  if (words.json) tell(1, `${JSON.stringify(answer)}\n`)
  else for (const { report, venues } of finished) tell(1, reportLines(report, venues))
  for (const { report } of finished)
    for (const problem of report.problems) tell(2, `desk kill: ${report.desk}: ${problem}\n`)
  for (const each of [...problems, ...misuse]) tell(2, `desk kill: ${each}\n`)
  return exitOfKill(finished, problems, misuse)
}

/** What a halt is finished with. `by`: who halted, where this process is not that person's own. */
export type HaltWords = Pick<KillWords, 'flatten' | 'reason' | 'config'> & { readonly by?: string }

/** All of them side by side: a venue that hangs holds up no other desk. */
export const finishDesks = (halted: readonly Halted[], words: HaltWords, deps: Deps): Promise<readonly Finished[]> =>
  Promise.all(halted.map((each) => finishDesk(each, words, halted, deps)))

export const exitOfKill = (
  finished: readonly Finished[],
  problems: readonly string[],
  misuse: readonly string[],
): ExitCode =>
  worstKillExit([
    ...finished.map((each) => exitOfDesk(each.verdict)),
    // A desk that we cannot name is a desk that we have not halted.
    problems.length > 0 ? exitCodes.failed : exitCodes.ok,
    misuse.length > 0 ? exitCodes.usage : exitCodes.ok,
  ])

export interface Finished {
  readonly report: DeskReport
  readonly verdict: DeskVerdict
  readonly venues: readonly VenueOutcome[]
}

async function finishDesk(halted: Halted, words: HaltWords, all: readonly Halted[], deps: Deps): Promise<Finished> {
  const { engaged, id } = halted
  const { desk, before } = engaged
  const by = words.by ?? nameOf(desk, deps)
  const wasThere = before.kind === 'desk'
  // A desk that was never there has no venues. Cancels leave before anything is written.
  // Real time, also where the desk's clock stands still: a venue that hangs must not hold this up.
  const means = { nowMs: () => performance.now(), sleep: realSleep }
  const begunMs = means.nowMs()
  const known: DeskVenues = wasThere ? await venuesOf(desk, by, words.config, deps) : { venues: [] }
  const sweeping = sweepVenues(known.venues, means, limits)
  const sendingMs = means.nowMs() - begunMs
  const record = recordHalt(
    engaged,
    { id, by, reason: words.reason ?? '' },
    { ...deps, traceId: deps.env['DESK_TRACE_ID'] ?? id },
  )
  const snapshot = known.snapshot === undefined ? undefined : snapshotWithin(known.snapshot, means, snapshotTimeoutMs)
  const sentMs = means.nowMs()
  const venues = known.problem === undefined ? await sweeping : [unknownVenues(known.problem)]
  const waitingMs = means.nowMs() - sentMs
  const seen: readonly Followed[] =
    snapshot === undefined ? [] : [{ event: 'halt.snapshot', data: storable(desk.stateDir, record.id, await snapshot) }]
  const verified = { event: 'halt.verified', data: { venues, verified: isVerified(venues), sendingMs, waitingMs } }
  const flattened = words.flatten ? await flatten(known, record, haltOf(desk, record, deps)) : []
  record.append(...seen, verified)
  record.close()
  return finishedOf(halted, by, words, all, record, venues, [
    ...(known.problem === undefined ? [] : [known.problem]),
    ...flattened,
  ])
}

/** A halt needs no name: whoever cannot be told is `unknown`. */
function nameOf(desk: DeskRef, deps: Deps): string {
  let userName = ''
  try {
    userName = userInfo().username
  } catch {
    // a user without an entry in the system's list
  }
  return recognise(desk.profile, { env: deps.env, userName, ...deps.system })?.id ?? 'unknown'
}

/** A large snapshot lies beside the log, by its hash. */
function storable(stateDir: string, id: string, snapshot: unknown): unknown {
  const bytes = Buffer.from(JSON.stringify(snapshot))
  if (bytes.length <= largestInline) return snapshot
  try {
    return { kind: 'artefact', sha256: putArtefact(stateDir, bytes, id), bytes: bytes.length }
  } catch (error) {
    return { kind: 'failure', reason: error instanceof Error ? error.message : String(error) }
  }
}
const largestInline = 64 * 1024

const unknownVenues = (reason: string): VenueOutcome => ({
  id: 'unknown',
  open: 0,
  pendingCancel: 0,
  unknown: 1,
  unreachable: false,
  reason,
})

/** The halt that stands, however often it was confirmed since. */
const haltOf = ({ stateDir }: DeskRef, record: HaltRecord, deps: Deps): string =>
  readTrading(stateDir, deps.now().getTime()).halts.find((halt) => halt.scope === 'all')?.id ?? record.id

/** Once per halt: the key is the halt's, so an adapter that has done it answers from memory. */
async function flatten(known: DeskVenues, record: HaltRecord, halt: string): Promise<readonly string[]> {
  const close = known.flatten
  if (close === undefined) return ['--flatten: nothing here can close positions']
  if (record.problem() !== undefined)
    return ['--flatten: not without a record that it was done: close the positions at the venue']
  const answers = await Promise.all(
    known.venues.map(async ({ id }) => {
      record.append({ event: 'halt.flatten', data: { venue: id } })
      const answer = await close(id, `flatten-${halt}-${id}`).catch((error: unknown) => String(error))
      return answer === 'done' ? [] : [`--flatten at ${id}: ${answer}`]
    }),
  )
  return answers.flat()
}

function finishedOf(
  halted: Halted,
  by: string,
  words: HaltWords,
  all: readonly Halted[],
  record: HaltRecord,
  venues: readonly VenueOutcome[],
  more: readonly string[],
): Finished {
  const { engaged } = halted
  const { desk, before, scope } = engaged
  const unrecorded = record.problem()
  const wasThere = before.kind === 'desk'
  // A host of live desks need not have a paper desk as well.
  const isExtra = desk.profile === 'paper' && all.some((each) => each.engaged.desk.profile === 'live')
  const report: DeskReport = {
    profile: desk.profile,
    desk: desk.name,
    stateDir: desk.stateDir,
    halted: engaged.halted,
    already: engaged.already,
    epoch: record.id,
    scope: nameScope(scope),
    by,
    reason: words.reason ?? '',
    before: wasThere ? wordsFor(before) : '',
    venues: venues.map(({ id, open, pendingCancel, unknown }) => ({ id, open, pendingCancel, unknown })),
    verified: engaged.halted && isVerified(venues),
    recorded: unrecorded === undefined,
    problems: [
      ...(engaged.halted
        ? []
        : ['STILL NOT HALTED: trading may go on. Stop the trading processes, and cancel at the venues']),
      ...engaged.troubles.map(({ errno, path }) => `${errno}: ${path}`),
      ...(engaged.widened ? ['the part could not be marked, so the whole desk was halted'] : []),
      ...(wasThere || isExtra ? [] : [`NO DESK WAS THERE: ${desk.stateDir} did not exist. Is this the right host?`]),
      ...(unrecorded === undefined
        ? []
        : [`${engaged.halted ? 'halted, but not on record' : 'not on record either'}: ${unrecorded}`]),
      ...more,
    ],
  }
  const verdict = { halted: engaged.halted, recorded: report.recorded, wasThere: wasThere || isExtra, venues }
  return { report, verdict, venues }
}

/** A wrong DESK_NOW is reported elsewhere: what follows a halt does not stop for it. */
function depsWithoutFail(): Deps {
  try {
    return realDeps()
  } catch {
    return realDeps({ ...process.env, DESK_NOW: '' })
  }
}
