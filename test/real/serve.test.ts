/** `desk serve` against programs and disks that nobody here wrote. */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { execPath, stdout } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { testWith } from './support/machine.ts'
import { inOwnMounts } from './support/mounted.ts'
import { entry, inTurns, runDesk, Scratch, tradingDesk } from './support/program.ts'
import { serveDesk } from './support/served.ts'
import { standingOf, tamperingIn } from './support/world.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})
const kill = '/api/system/kill_switch'
const later = { DESK_NOW: '2026-11-25T09:00:00-05:00' }
const risk = { ...later, DESK_OPERATOR: 'risk' }
/** Each waits for half a second to see whether orders turn up, so this many keep two processors busy. */
const roundsAtOnce = 4

testWith('prometheus')('promtool finds nothing wrong with the metrics, trading and halted', async () => {
  const server = await serveDesk(await tradingDesk(scratch))
  const check = async (): Promise<string> => {
    const text = await (await fetch(`${server.url}/metrics`)).text()
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect([checked.status, checked.stdout, checked.stderr]).toEqual([0, '', ''])
    for (const name of text.matchAll(/^(desk_\w+)\{/gm)) expect(text).toContain(`# TYPE ${name[1] ?? ''} `)
    return text
  }
  expect(await check()).toContain('desk_trading_state{state="active",desk="paper",profile="paper"} 1')
  expect((await fetch(server.url + kill, { method: 'POST' })).status).toBe(200)
  expect(await check()).toContain('desk_trading_state{state="halted",desk="paper",profile="paper"} 1')
  expect(await server.end()).toBe(0)
})

testWith('mounting')(
  'on a full disk a halt over HTTP takes place and says that it is not on record; /ready said so before',
  async () => {
    const dir = scratch.fresh()
    mkdirSync(dir)

    const out = await inOwnMounts(
      `M=${dir}; mount -t tmpfs -o size=2m none $M
    desk runbook reconciliation > /dev/null
    mkdir $M/links; ln $M/state/permit/* $M/links/
    "${execPath}" "${entry}" serve --port 0 --json > /dev/shm/desk-serve-$$ 2>&1 & P=$!
    until grep -q listening /dev/shm/desk-serve-$$; do kill -0 $P; sleep 0.1; done
    U=$(grep -o 'http://127[^"]*' /dev/shm/desk-serve-$$ | head -n 1)
    dd if=/dev/zero of=$M/filler bs=4k 2>/dev/null || true
    echo READY; curl -sS -w '[%{http_code}]' $U/ready
    echo KILL; curl -sS -w '[%{http_code}]' -X POST $U${kill} -d '{"reason":"drill"}'
    echo STATUS; curl -sS -w '[%{http_code}]' $U/api/system/status
    echo END; kill -TERM $P; wait $P && echo ended; rm /dev/shm/desk-serve-$$`,
      `${dir}/state`,
    )
    const [, ready, killed, status, end] = out.split(/READY|KILL|STATUS|END/)
    expect(ready).toMatch(/the audit log cannot be written[\s\S]*\[503\]/)
    expect(killed).toMatch(/"halted":true[\s\S]*"recorded":false[\s\S]*\[202\]/)
    expect(status).toMatch(/"kill_switch":true[\s\S]*\[200\]/)
    expect(end).toContain('ended')
  },
)

test('halts over HTTP against throttle and promote: none is undone', { timeout: 1_800_000 }, async () => {
  const rounds = 60
  const template = await tradingDesk(scratch)
  await runDesk(template, ['throttle', '25'])
  const asked = await runDesk(template, ['promote', '--confirm', 'paper', '--json'], { env: later })
  const promotion = /"id":"([^"]+)"/.exec(asked.stdout)?.[1] ?? 'none'
  const alone = await runDesk(scratch.copyOf(template), ['promote', promotion, '--confirm', 'paper'], { env: risk })
  expect(alone.code).toBe(0)
  // Sooner after a promotion that was granted, later after one that came to look when all was over.
  let aimMs = alone.endedMs - alone.beganMs
  let granted = 0
  const all = Array.from({ length: rounds }, (_, round) => round)
  await inTurns(all, roundsAtOnce, async (round) => {
    const stateDir = scratch.copyOf(template)
    const server = await serveDesk(stateDir, later)
    const rivals = [
      runDesk(stateDir, ['promote', promotion, '--confirm', 'paper', '--json'], { env: risk }),
      pause(aimMs * ((round % 7) / 6)).then(() => runDesk(stateDir, ['throttle', '0', '--json'], { env: later })),
    ]
    await pause(aimMs)
    const answer = await fetch(server.url + kill, { method: 'POST', body: '{"reason":"contest"}' })
    expect([round, answer.status, standingOf(stateDir)]).toEqual([round, 200, 'HALTED'])
    const [promoted] = await Promise.all(rivals)
    expect([round, standingOf(stateDir), tamperingIn(stateDir)]).toEqual([round, 'HALTED', []])
    expect(await server.end()).toBe(0)
    if (promoted?.code === 0) granted++
    aimMs = Math.min(2000, Math.max(10, promoted?.code === 0 ? aimMs / 1.1 : aimMs * 1.05))
    scratch.discard(stateDir)
  })
  stdout.write(
    `halts over HTTP against throttle and promote: ${String(rounds)} rounds, ${String(granted)} promotions granted, 0 halts undone\n`,
  )
})
