/** Decisions during which a crash may come, and what has to be true of whatever it leaves. */
import { existsSync, readFileSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { segmentsDir } from '../../src/audit/layout.ts'
import { haltId } from '../../src/killswitch/decide.ts'
import { engage } from '../../src/killswitch/engage.ts'
import { evidenceInLog, reconciledEvent, resumeEvent } from '../../src/killswitch/evidence.ts'
import { liftHold, placeHold } from '../../src/killswitch/hold.ts'
import { type PromotionWorld, approvePromotion, requestPromotion } from '../../src/killswitch/promote.ts'
import { approveRelease, requestRelease } from '../../src/killswitch/release.ts'
import { decidingAs } from '../../src/killswitch/roster.ts'
import type { Scope } from '../../src/killswitch/scope.ts'
import { closeSession, openSession } from '../../src/killswitch/session.ts'
import { rearmAfterReboot } from '../../src/killswitch/startup.ts'
import { type SizeTarget, throttle } from '../../src/killswitch/throttle.ts'
import { boot, halt, leaveEvidence, type TestDesk } from '../killswitch/support.ts'

export const earlierBoot = '99999999-1111-2222-3333-444444444444'
export const laterBoot = '00000000-1111-2222-3333-444444444444'
const oncall = decidingAs({ id: 'oncall', via: 'paper' }, 'paper')
const risk = decidingAs({ id: 'risk', via: 'paper' }, 'paper')
const venue = { kind: 'venue', id: 'primary' } as const
const hold = { scope: venue, kind: 'no-new', rule: 'gates/daily#D1', reason: 'stale' } as const
const until = '2026-11-24T20:50:00.000Z'
/** Sessions open and close every hour. */
const calm: PromotionWorld = {
  nextSession: (afterMs) => ({ openMs: afterMs + 1, closeMs: afterMs + 3_600_000 }),
  incidents: () => Promise.resolve([]),
}

export interface Decision {
  readonly title: string
  /** Sizes before and after it; 0 is halted or close-only. */
  readonly from: number
  readonly to: number
  /** What may be in force on the way, besides. */
  readonly between?: readonly number[]
  /** Whether new risk is permitted at the venue, before and after it. */
  readonly open?: readonly [boolean, boolean]
  /** Answers the request that `decide` is about, or that it voids. */
  readonly prepare?: (desk: TestDesk) => Promise<string | undefined> | undefined
  readonly decide: (desk: TestDesk, id: string) => unknown
  /** What somebody may still type afterwards, and gets no more by it. */
  readonly again?: (desk: TestDesk, id: string, of: string) => Promise<unknown>
  /** It takes something away, which whoever looks next has to find. */
  readonly leaves?: 'halt' | 'hold'
  /** Typed again after its process died it comes to its end. */
  readonly ends?: true
}

async function askedFor(desk: TestDesk, scope: Scope = { kind: 'all' }): Promise<string> {
  halt(desk, scope)
  for (const event of [resumeEvent, reconciledEvent]) leaveEvidence(desk, event)
  const asked = await requestRelease(desk.stateDir, boot, { scope, by: oncall, reason: 'the feed is back' }, desk.means)
  if (asked.kind === 'refused') throw new Error(asked.message)
  return asked.request.id
}
async function promotionAskedFor(desk: TestDesk): Promise<string> {
  lower(desk, 0.5)
  desk.clock.ms += 3 * 3_600_000
  const asked = await requestPromotion(desk.stateDir, boot, { by: oncall, reason: 'calm' }, calm, desk.means)
  if (asked.kind === 'refused') throw new Error(asked.message)
  return asked.request.id
}
const lower = (desk: TestDesk, size: SizeTarget): unknown =>
  throttle(desk.stateDir, boot, { size, by: 'oncall', reason: 'late' }, desk.means)
const approve = (desk: TestDesk, id: string, of = boot): Promise<unknown> =>
  approveRelease(desk.stateDir, of, id, risk, evidenceInLog(desk.stateDir), desk.means)
const promote = (desk: TestDesk, id: string, of = boot): Promise<unknown> =>
  approvePromotion(desk.stateDir, of, id, risk, calm, desk.means)

function held(desk: TestDesk): undefined {
  placeHold(desk.stateDir, boot, hold, desk.means)
}
async function openAndClose({ stateDir, means }: TestDesk): Promise<void> {
  await openSession(stateDir, boot, { by: 'oncall', reason: 'the gates have passed', until }, means)
  closeSession(stateDir, boot, { by: 'oncall', reason: 'close-only' }, means)
}

/** As after a restart: everything lies there under the name of the last boot. */
function reboot(desk: TestDesk): undefined {
  for (const name of readdirSync(desk.permit))
    if (name.endsWith(`@${boot}`))
      renameSync(join(desk.permit, name), join(desk.permit, name.replace(boot, earlierBoot)))
}

export const decisions: readonly Decision[] = [
  {
    title: 'a halt that no log has taken yet',
    from: 1,
    to: 0,
    decide: (desk) =>
      engage(
        { profile: 'paper', name: 'paper', stateDir: desk.stateDir },
        { scope: { kind: 'all' }, id: haltId(desk.means), note: '{}' },
      ),
    leaves: 'halt',
  },
  { title: 'a halt', from: 1, to: 0, decide: (desk) => halt(desk), leaves: 'halt' },
  {
    title: 'a second halt, of which a release of the first knows nothing',
    from: 0,
    to: 0,
    prepare: askedFor,
    decide: (desk) => halt(desk),
    again: approve,
  },
  {
    title: 'a halt of a venue',
    from: 1,
    to: 1,
    open: [true, false],
    decide: (desk) => halt(desk, venue),
    leaves: 'halt',
  },
  { title: 'a throttle to 25 %', from: 1, to: 0.25, between: [0.5], decide: (desk) => lower(desk, 0.25) },
  { title: 'a throttle to close-only', from: 1, to: 0, decide: (desk) => lower(desk, 0) },
  {
    title: 'a throttle of which a promotion knows nothing',
    from: 0.5,
    to: 0.25,
    prepare: promotionAskedFor,
    decide: (desk) => lower(desk, 0.25),
    again: promote,
  },
  { title: 'a release', from: 0, to: 0.25, prepare: askedFor, decide: approve, again: approve },
  {
    title: 'a release of a venue',
    from: 1,
    to: 1,
    open: [false, true],
    prepare: (desk) => askedFor(desk, venue),
    decide: approve,
    again: approve,
  },
  { title: 'a promotion', from: 0.5, to: 1, prepare: promotionAskedFor, decide: promote, again: promote },
  {
    title: 'a re-arming after a reboot',
    from: 0,
    to: 1,
    between: [0.25, 0.5],
    open: [false, true],
    prepare: reboot,
    decide: (desk) => rearmAfterReboot(desk.stateDir, boot, 'oncall', desk.means),
  },
  {
    title: 'a hold',
    from: 1,
    to: 1,
    open: [true, false],
    decide: (desk) => placeHold(desk.stateDir, boot, hold, desk.means),
    leaves: 'hold',
  },
  {
    title: 'a hold that is lifted',
    from: 1,
    to: 1,
    open: [false, true],
    prepare: held,
    decide: (desk) => liftHold(desk.stateDir, boot, hold, desk.means),
    ends: true,
  },
  {
    title: 'a session that is opened and closed',
    from: 1,
    to: 1,
    decide: openAndClose,
  },
]

/** Every byte of the log, by segment. */
export function logOf(stateDir: string): ReadonlyMap<string, Buffer> {
  const dir = segmentsDir(stateDir)
  if (!existsSync(dir)) return new Map()
  return new Map(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name))]))
}
