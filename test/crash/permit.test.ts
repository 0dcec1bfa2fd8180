/**
 * Whatever a crash leaves of a decision: what was tightened and answered stays tightened, a power loss leaves nothing in force, taking up
 * the permissions of before gives no more than was permitted, and what was answered is on record.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { segmentsDir } from '../../src/audit/layout.ts'
import { haltId } from '../../src/killswitch/decide.ts'
import { engage } from '../../src/killswitch/engage.ts'
import { evidenceInLog, reconciledEvent, resumeEvent } from '../../src/killswitch/evidence.ts'
import { liftHold, placeHold } from '../../src/killswitch/hold.ts'
import { inForce, permitDir } from '../../src/killswitch/permit.ts'
import { approveRelease, requestRelease } from '../../src/killswitch/release.ts'
import { decidingAs } from '../../src/killswitch/roster.ts'
import { rearmAfterReboot } from '../../src/killswitch/startup.ts'
import { levelInForce, throttle } from '../../src/killswitch/throttle.ts'
import { boot, freshDesk, halt, leaveEvidence, type TestDesk } from '../killswitch/support.ts'
import { judgeAll } from './disk.ts'
import { recorder } from './recording.ts'

vi.mock('node:fs', async (original) => {
  const { recorder: own } = await import('./recording.ts')
  return own.wrap(await original())
})

const oncall = decidingAs({ id: 'oncall', via: 'paper' }, 'paper')
const risk = decidingAs({ id: 'risk', via: 'paper' }, 'paper')
const laterBoot = '00000000-1111-2222-3333-444444444444'
const venue = { kind: 'venue', id: 'primary' } as const
const hold = { scope: venue, kind: 'no-new', rule: 'gates/daily#D1', reason: 'stale' } as const

async function askedFor(desk: TestDesk): Promise<string> {
  halt(desk)
  const order = { scope: { kind: 'all' }, by: oncall, reason: 'the feed is back' } as const
  const asked = await requestRelease(desk.stateDir, boot, order, desk.means)
  if (asked.kind === 'refused') throw new Error(asked.message)
  for (const event of [resumeEvent, reconciledEvent]) leaveEvidence(desk, event)
  return asked.request.id
}

interface Decision {
  readonly title: string
  /** Sizes before and after it; 0 is halted or close-only. */
  readonly from: number
  readonly to: number
  /** Whether new risk is permitted at the venue, before and after it. */
  readonly open?: readonly [boolean, boolean]
  readonly prepare?: (desk: TestDesk) => Promise<string | undefined>
  readonly decide: (desk: TestDesk, id: string | undefined) => unknown
}
const decisions: readonly Decision[] = [
  {
    title: 'a halt that no log has taken yet',
    from: 1,
    to: 0,
    decide: (desk) =>
      engage(
        { profile: 'paper', name: 'paper', stateDir: desk.stateDir },
        { scope: { kind: 'all' }, id: haltId(desk.means), note: '{}' },
      ),
  },
  { title: 'a halt', from: 1, to: 0, decide: (desk) => halt(desk) },
  {
    title: 'a halt of a venue',
    from: 1,
    to: 1,
    open: [true, false],
    decide: (desk) => halt(desk, venue),
  },
  {
    title: 'a throttle to 25 %',
    from: 1,
    to: 0.25,
    decide: (desk) => throttle(desk.stateDir, boot, { size: 0.25, by: 'oncall', reason: 'late' }, desk.means),
  },
  {
    title: 'a throttle to close-only',
    from: 1,
    to: 0,
    decide: (desk) => throttle(desk.stateDir, boot, { size: 0, by: 'oncall', reason: 'late' }, desk.means),
  },
  {
    title: 'a release',
    from: 0,
    to: 0.25,
    prepare: askedFor,
    decide: (desk, id) => approveRelease(desk.stateDir, boot, id ?? '', risk, evidenceInLog(desk.stateDir), desk.means),
  },
  {
    title: 'a hold',
    from: 1,
    to: 1,
    open: [true, false],
    decide: (desk) => placeHold(desk.stateDir, boot, hold, desk.means),
  },
  {
    title: 'a hold that is lifted',
    from: 1,
    to: 1,
    open: [false, true],
    prepare: (desk) => {
      placeHold(desk.stateDir, boot, hold, desk.means)
      return Promise.resolve(undefined)
    },
    decide: (desk) => liftHold(desk.stateDir, boot, hold, desk.means),
  },
]

test.each(decisions)('$title: no crash undoes it, and none makes more of it', async (decision) => {
  const { from, to, open = [true, true] } = decision
  const desk = freshDesk()
  const id = await decision.prepare?.(desk)
  const size = (stateDir: string, of: string): number => levelInForce(stateDir, of).size
  const isOpen = (stateDir: string, of: string): boolean =>
    existsSync(inForce(permitDir(stateDir), 'venue=primary', of))
  expect([size(desk.stateDir, boot), isOpen(desk.stateDir, boot)]).toEqual([from, open[0]])
  recorder.start(desk.stateDir)
  await decision.decide(desk, id)
  recorder.note('answered')
  expect([size(desk.stateDir, boot), isOpen(desk.stateDir, boot)]).toEqual([to, open[1]])
  const answered = logOf(desk.stateDir)
  const recording = recorder.stop()

  let rearmed = 0
  const { tried, wrong } = await judgeAll(decision.title, recording, 48, async ({ notes, isWhole }, dir) => {
    const found: string[] = []
    const isAnswered = notes.includes('answered')
    const [sizes, opens] = isAnswered ? [[to], [open[1]]] : [[from, to], open]
    if (isAnswered)
      for (const [name, bytes] of answered)
        if (!(logOf(dir).get(name)?.subarray(0, bytes.length).equals(bytes) ?? false))
          found.push(`${name} lost records`)
    // The process died, the system did not.
    if (isWhole) {
      const levels = decision.title.startsWith('a throttle') ? [...sizes, 0.5] : sizes
      if (!levels.includes(size(dir, boot)) || (isAnswered && size(dir, boot) !== to))
        found.push(`${String(size(dir, boot))} is in force`)
      if (!opens.includes(isOpen(dir, boot))) found.push(`the venue is ${isOpen(dir, boot) ? 'open' : 'closed'}`)
    }
    // The power was gone: another boot.
    if (size(dir, laterBoot) !== 0 || isOpen(dir, laterBoot)) found.push('something is in force after a reboot')
    const again = await rearmAfterReboot(dir, laterBoot, 'oncall', desk.means).catch(() => undefined)
    if (again?.kind === 'rearmed') rearmed++
    const most = isAnswered ? to : Math.max(from, to)
    if (size(dir, laterBoot) > most) found.push(`taken up again at ${String(size(dir, laterBoot))}`)
    if (isAnswered && !open[1] && isOpen(dir, laterBoot)) found.push('taken up again with the venue open')
    return found
  })
  expect(wrong).toEqual([])
  expect(tried).toBeGreaterThan(10)
  // Otherwise nothing was taken up that could have been too much.
  if (from > 0 && to > 0) expect(rearmed).toBeGreaterThan(0)
})

function logOf(stateDir: string): ReadonlyMap<string, Buffer> {
  const dir = segmentsDir(stateDir)
  if (!existsSync(dir)) return new Map()
  return new Map(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name))]))
}
