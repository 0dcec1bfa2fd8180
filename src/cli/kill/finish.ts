/** What `desk kill` does once the permission is gone: cancels everywhere, puts on record, verifies, tells. */
import { deafToSignals, realDeps, realSleep, wallClock } from '../deps.ts'
import { userInfo } from 'node:os'
import type { Deps } from '../command.ts'
import type { Output } from '../output/published.ts'
import type { KillWords } from '../fast/kill-words.ts'
import {
  type Sweeping,
  type SweepLimits,
  type SweepMeans,
  type VenueOutcome,
  snapshotWithin,
  sweepVenues,
} from '../../killswitch/aftermath.ts'
import type { DeskRef } from '../../killswitch/desks.ts'
import { type HaltRecord, recordHalt } from '../../killswitch/halt-record.ts'
import type { PeerOrder, PeerOutcome } from '../../killswitch/peer.ts'
import { exitOfDesk, isVerified, worstKillExit } from '../../killswitch/report.ts'
import { textRedactor } from '../../audit/redact.ts'
import { problemOf } from '../../killswitch/decide.ts'
import { explainMark } from '../../killswitch/mark.ts'
import { permitDir } from '../../killswitch/permit.ts'
import { recognise } from '../../killswitch/person.ts'
import { nameScope } from '../../killswitch/scope.ts'
import { readTrading } from '../../killswitch/trading.ts'
import { type ExitCode, exitCodes } from '../../model/failure.ts'
import { cipherLibrary } from '../../model/sha256.ts'
import { type Finished, finishedOf } from './finished.ts'
import { type Flattened, flatten } from './flatten.ts'
import type { Halted } from './halt-now.ts'
import { reportLines } from './report-text.ts'
import type { Account } from './second-path.ts'
import { storable } from './storable.ts'
import { traceOf } from '../trace.ts'
import { type DeskVenues, venuesOf } from './venues.ts'

export interface KillAsked {
  readonly words: KillWords
  readonly halted: readonly Halted[]
  /** What keeps us from knowing all desks: some may not be halted. */
  readonly problems: readonly string[]
  readonly misuse?: string
  readonly tell: (descriptor: 1 | 2, text: string) => void
}
const limits: SweepLimits = { callTimeoutMs: 3000, stopsFirstMs: 300, everyMs: 200, quietMs: 400, giveUpMs: 5000 }
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
export type HaltWords = Pick<KillWords, 'flatten' | 'peers' | 'reason' | 'config'> & { readonly by?: string }

/** All of them side by side: a venue that hangs holds up no other desk. */
export async function finishDesks(
  halted: readonly Halted[],
  words: HaltWords,
  deps: Deps,
): Promise<readonly Finished[]> {
  const sending = halted.map((each) => {
    // A clock that somebody has set is for paper only.
    const isLive = each.engaged.desk.profile === 'live'
    return cancelAtDesk(each, words, halted, isLive ? { ...deps, ...wallClock } : deps)
  })
  // A log that hangs holds this whole process up, so every desk's cancels have left before the first record is written.
  const left = Promise.all(sending.map(async (each) => (await each).sweeping.sent))
  return Promise.all(
    sending.map(async (each) => {
      await left
      return finishDesk(await each, words)
    }),
  )
}

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

/** A desk whose venues and peers are being told. */
interface Cancelling {
  readonly halted: Halted
  readonly deps: Deps
  readonly by: string
  readonly reason: string
  /** Blacks out what nobody may read. */
  readonly hide: (text: string) => string
  readonly isExtra: boolean
  readonly means: SweepMeans
  readonly known: DeskVenues
  readonly peering: Promise<readonly PeerOutcome[]>
  readonly sweeping: Sweeping
  readonly begunMs: number
}

async function cancelAtDesk(halted: Halted, words: HaltWords, all: readonly Halted[], deps: Deps): Promise<Cancelling> {
  const { desk, before, scope } = halted.engaged
  const by = words.by ?? nameOf(desk, deps)
  // A host of live desks need not have a paper desk as well.
  const isExtra = desk.profile === 'paper' && all.some((each) => each.engaged.desk.profile === 'live')
  // Real time, also where the desk's clock stands still: a venue that hangs must not hold this up.
  const means = { nowMs: monotonicMs, sleep: realSleep }
  const begunMs = means.nowMs()
  const isThere = before.kind === 'desk'
  const known = !isThere && isExtra ? unasked : await venuesOf({ desk, by, scope, deps, isThere }, words.config)
  const hide = textRedactor(known.secrets)
  const reason = hide(words.reason ?? '')
  const order = { profile: desk.profile, scope, reason }
  const peering = words.peers ? tellAll(known, order, deps) : Promise.resolve([])
  const sweeping = sweepVenues(known.venues, means, limits)
  return { halted, deps, by, reason, hide, isExtra, means, known, peering, sweeping, begunMs }
}

async function finishDesk(cancelling: Cancelling, words: HaltWords): Promise<Finished> {
  const { halted, deps, by, reason, hide, isExtra, means, known, peering, sweeping, begunMs } = cancelling
  const { engaged, id } = halted
  const { desk, before, scope } = engaged
  const sendingMs = means.nowMs() - begunMs
  if (scope.kind !== 'all') explainMark(permitDir(desk.stateDir), scope, id, reason)
  const redaction = { secrets: known.secrets, fields: [] }
  const { now, random, host } = deps
  const record = recordHalt(
    engaged,
    { id, by, reason },
    { now, random, host, traceId: id, ...traceOf(deps.env), redaction },
  )
  const halt = (): string => haltOf(halted, record, deps)
  const announcing =
    before.kind === 'absent'
      ? undefined
      : known.announce?.({ desk: desk.name, halt: halt(), scope: nameScope(scope), by, reason })
  const echoing = record.problem() === undefined ? undefined : echo(desk, { by, reason, halted: engaged.halted }, deps)
  const snapshot =
    before.kind === 'absent' || known.snapshot === undefined
      ? undefined
      : snapshotWithin(known.snapshot, means, snapshotTimeoutMs)
  const sentMs = means.nowMs()
  // While they answer there is time to load what hashes the rest.
  if (known.venues.length > 0) cipherLibrary()
  const swept = await sweeping.outcomes
  const venues =
    known.problem === undefined || before.kind === 'absent' ? swept : [...swept, unknownVenues(known.problem)]
  const waitingMs = means.nowMs() - sentMs
  const seen =
    snapshot === undefined ? [] : [{ event: 'halt.snapshot', data: storable(desk.stateDir, record.id, await snapshot) }]
  const verified = { event: 'halt.verified', data: { venues, verified: isVerified(venues), sendingMs, waitingMs } }
  const flattened = words.flatten ? await flattenAll(halted, known, halt(), record) : undefined
  const peers = await peering
  record.append(...seen, verified, ...(peers.length === 0 ? [] : [{ event: 'halt.peers', data: { peers } }]))
  record.close()
  const unsent = (await announcing) ?? []
  const unknown = known.problem === undefined ? [] : [known.problem]
  const more = [...unknown, ...known.remarks, ...(flattened?.problems ?? []), ...unsent]
  const echoed = await echoing
  return finishedOf({
    ...{ engaged, by, reason, isExtra, venues, peers },
    flattened: flattened?.venues,
    epoch: record.id,
    unrecorded: record.problem(),
    more: [...more, ...(echoed === undefined ? [] : [echoed])].map(hide),
  })
}

/** A paper desk that is not there, on a host of live ones: nobody means it. */
const unasked: DeskVenues = { venues: [], peers: [], remarks: [], secrets: [] }

/** Loads what it needs only where there is somebody to be told. */
async function tellAll({ peers }: DeskVenues, order: PeerOrder, { env }: Deps): Promise<readonly PeerOutcome[]> {
  if (peers.length === 0) return []
  try {
    return await (await import('./tell-peers.ts')).tellPeers(peers, order, env)
  } catch (error) {
    return peers.map(({ id }) => ({ id, state: 'unreached', reason: problemOf(error) }))
  }
}

/** What the log does not take goes to the system's own. */
async function echo(desk: DeskRef, account: Account, deps: Deps): Promise<string | undefined> {
  let reason: string | undefined
  try {
    reason = await (await import('./second-path.ts')).alsoToSystemLog(desk.name, account, deps)
  } catch (error) {
    reason = problemOf(error)
  }
  return reason === undefined ? 'the system log has it' : `nor does the system log have it: ${reason}`
}

/** The first use of `performance` loads for half a millisecond. */
const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6

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

const unknownVenues = (reason: string): VenueOutcome => ({
  id: 'unknown',
  open: 0,
  pendingCancel: 0,
  unknown: 1,
  unreachable: false,
  reason,
  stops: [],
  stopsUnknown: 'the venues are not known',
})

/** The halt that stands, however often it was confirmed since. */
const haltOf = ({ engaged: { desk, scope } }: Halted, record: HaltRecord, deps: Deps): string =>
  readTrading(desk.stateDir, deps.now().getTime()).halts.find((halt) => halt.scope === nameScope(scope))?.id ??
  record.id

const flattenAll = (
  { engaged: { desk, scope } }: Halted,
  { venues, closing }: DeskVenues,
  halt: string,
  record: HaltRecord,
): Promise<Flattened> =>
  flatten({ stateDir: desk.stateDir, scope, halt, venues: venues.map(({ id }) => id), closing }, record)

/** A wrong DESK_NOW is reported elsewhere: what follows a halt does not stop for it. */
function depsWithoutFail(): Deps {
  const deaf = deafToSignals()
  try {
    return realDeps(process.env, deaf)
  } catch {
    return realDeps({ ...process.env, DESK_NOW: '' }, deaf)
  }
}
