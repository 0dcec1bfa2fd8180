/** `desk kill` against people who throttle, promote and release at the same moment, each a process of the built program. */
import { env as ownEnv, stdout } from 'node:process'
import { afterAll, expect, test } from 'vitest'
import { type Contested, type RivalCount, contest } from './support/contest.ts'
import { askForRelease, afterwards } from './support/release.ts'
import { type Ended, Scratch, runDesk, tradingDesk } from './support/program.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})
const later = { DESK_NOW: '2026-11-25T09:00:00-05:00' }
/** It takes two and a half minutes of two processors, which others may be using as well. */
const busyMachineMs = 1_800_000
const risk = { ...later, DESK_OPERATOR: 'risk' }

/** A thousand with DESK_REAL_ALL=1. */
const rounds = ownEnv['DESK_REAL_ALL'] === '1' ? 1000 : 300
/** How far the lives of the processes overlap depends on what else the machine does; below this little was contested. */
const leastOverlap = 0.2
const isGranted = ({ code }: Ended): boolean => code === 0
/** One that finds a halted desk removes permissions as well, but lowers nothing. */
const lowered = ({ code, stdout: said }: Ended): boolean => code === 0 && !said.includes('"from":{"size":0,')

test('halts against throttle and promote: none is undone', { timeout: busyMachineMs }, async () => {
  const template = await tradingDesk(scratch)
  await runDesk(template, ['throttle', '25'])
  const asked = await runDesk(template, ['promote', '--confirm', 'paper', '--json'], { env: later })
  const request = /"id":"([^"]+)"/.exec(asked.stdout)?.[1]
  if (request === undefined) throw new Error(`no request to promote: ${asked.stdout}${asked.stderr}`)
  const promote = ['promote', request, '--confirm', 'paper']
  // Without a halt in between both take place: so there is something to contest.
  const alone = await runDesk(scratch.copyOf(template), promote, { env: risk })
  expect(alone.code).toBe(0)
  expect((await runDesk(scratch.copyOf(template), ['throttle', '0'], { env: later })).code).toBe(0)

  const contested = await contest(scratch, {
    rounds,
    template,
    aimMs: livedMs(alone),
    rivals: [
      { name: 'promote', args: promote, env: risk, startMs: () => 0, isDone: isGranted },
      // A throttle voids the promotion as a halt does, so in most rounds it comes a little later.
      {
        name: 'throttle',
        args: ['throttle', '0'],
        env: later,
        startMs: (round, haltMs) => (haltMs * ((round * 13) % 41)) / 41,
        isDone: lowered,
      },
    ],
    killEnv: later,
  })
  const [promotions, throttles] = [countOf(contested, 'promote'), countOf(contested, 'throttle')]
  stdout.write(
    `desk kill against throttle and promote: ${String(contested.rounds)} rounds, ${String(throttles.done)} throttles done, ` +
      `${String(promotions.done)} promotions granted, ${String(contested.rounds - promotions.done)} overtaken, ` +
      `${String(contested.wrong.length)} halts undone\n${endsOf(contested)}`,
  )
  expect(contested.wrong).toEqual([])
  // Otherwise nothing was contested: whoever was granted something was granted it just before, and lost it again.
  for (const each of [promotions, throttles]) expect(each.overlapped / contested.rounds).toBeGreaterThan(leastOverlap)
  expect(promotions.done / contested.rounds).toBeGreaterThan(0.03)
  expect(1 - promotions.done / contested.rounds).toBeGreaterThan(0.03)
  expect(throttles.done / contested.rounds).toBeGreaterThan(0.03)
})

test('halts against the release of an earlier one: none is undone', async () => {
  const template = await tradingDesk(scratch)
  const request = await askForRelease(template)
  const approve = ['unlock', 'approve', request, '--confirm', 'paper']
  const env = { ...afterwards, DESK_OPERATOR: 'risk' }
  const alone = await runDesk(scratch.copyOf(template), approve, { env })
  expect(alone.code).toBe(0)
  const contested = await contest(scratch, {
    rounds: 50,
    template,
    aimMs: livedMs(alone),
    rivals: [{ name: 'unlock', args: approve, env, startMs: () => 0, isDone: isGranted }],
    killEnv: later,
  })
  stdout.write(`desk kill against unlock: ${String(contested.rounds)} rounds\n${endsOf(contested)}`)
  expect(contested.wrong).toEqual([])
  const releases = countOf(contested, 'unlock')
  expect(releases.overlapped / contested.rounds).toBeGreaterThan(leastOverlap)
})

const livedMs = ({ beganMs, endedMs }: Ended): number => endedMs - beganMs

function countOf({ rivals }: Contested, name: string): RivalCount {
  const count = rivals.get(name)
  if (count === undefined) throw new Error(`nobody is called ${name}`)
  return count
}

/** How each rival ended, and how often the halt fell into its life. */
const endsOf = ({ rounds, rivals }: Contested): string =>
  [...rivals]
    .map(([name, { overlapped, ends }]) => {
      const listed = [...ends].sort(([a], [b]) => (a < b ? -1 : 1)).map(([end, times]) => `${String(times)} x ${end}`)
      return `  ${name}: halted during ${String(overlapped)} of ${String(rounds)}; ended ${listed.join(', ')}\n`
    })
    .join('')
