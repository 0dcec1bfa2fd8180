/** What people see, word for word: the main journeys of the built program. Read the diff as the person at 3 a.m. would. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'
import { Transcript } from '../support/transcript.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const journey = (name: string, walk: (seen: Transcript) => Promise<unknown>): void => {
  it(name, async () => {
    const seen = new Transcript(name, desk)
    await walk(seen)
    seen.check()
  })
}
/** The id of the newest run, to go on with. */
async function newestRun(): Promise<string> {
  const { stdout } = await desk.run(['run', 'list'])
  const found = /^run-\w+/m.exec(stdout)
  if (found === null) throw new Error(`no run in ${stdout}`)
  return found[0]
}

journey('looking-around', async (seen) => {
  await seen.run([])
  await seen.run(['tree'])
  await seen.run(['runbook'])
  await seen.run(['gates'])
  await seen.run(['find', 'fills'])
  await seen.run(['show', 'no-fills'])
  await seen.run(['show', 'killswitch'])
  await seen.run(['calendar'])
  await seen.run(['status'])
  await seen.run(['run', 'list'])
})

journey('help', async (seen) => {
  await seen.run(['--help'])
  for (const topic of ['exit-codes', 'keys', 'kill', 'contacts', 'release', 'answers', 'paper'])
    await seen.run(['help', topic])
  await seen.run(['help', 'tree'])
})

journey('no-fills', async (seen) => {
  await seen.run(['tree', 'no-fills'])
  await desk.fault('status-red')
  await seen.run(['tree', 'no-fills'])
  await seen.run(['tree', 'no-fills', '--act'])
  await seen.run([])
})

journey('every-probe-fails', async (seen) => {
  await desk.fault('adapter-throws')
  await seen.run(['tree', 'no-fills'])
  await seen.run(['gates', 'daily'])
})

journey('reconciliation', async (seen) => {
  await seen.run(['runbook', 'reconciliation', '--dry-run'])
  await desk.fault('acks-lost')
  await seen.run(['runbook', 'reconciliation'])
  await seen.run([])
  const answer = 'classify=20 AAPL filled but not reported'
  await seen.run(['run', 'continue', await newestRun(), '--answer', answer])
})

journey('killswitch', async (seen) => {
  await seen.run(['runbook', 'killswitch', '--set', 'reason=fat finger'])
  await seen.run([])
  await seen.run(['tree', 'post-incident', '--answer', 'q1=yes'])
  await seen.run(['unlock', 'request'])
})

journey('gates', async (seen) => {
  desk.at('2026-11-20T08:30:00-05:00')
  await seen.run(['gates', 'daily'])
  desk.at('2026-11-20T09:00:00-05:00')
  await seen.run(['gates', 'daily', '--only', 'D4'])
  await seen.run(['status'])
  await seen.run(['runbook', 'reconciliation'])
  desk.at('2026-11-20T09:05:00-05:00')
  await desk.fault('registry-unreachable')
  await seen.run(['gates', 'daily'])
  desk.at('2026-11-20T10:00:00-05:00')
  await seen.run(['gates', 'daily'])
})

journey('rolling-deploy', async (seen) => {
  await seen.run(['runbook', 'rolling-deploy'])
  await seen.run(['run', 'list'])
  desk.at('2026-11-24T16:05:00-05:00')
  await seen.run(['run', 'continue', '--due'])
  const run = await newestRun()
  await seen.run(['run', 'approve', run])
  await seen.run(['run', 'approve', run], { env: { DESK_OPERATOR: 'committee' } })
  await seen.run(['run', 'continue', run])
})

journey('the-record', async (seen) => {
  await desk.run(['tree', 'wrong-pnl', '--act'])
  const run = await newestRun()
  await seen.run(['run', 'list'])
  await seen.run(['run', 'show', run])
  await seen.run(['audit', 'tail', '-n', '5'])
  await seen.run(['audit', 'verify'])
})

journey('pruning', async (seen) => {
  const config = join(desk.dir, 'short.yaml')
  writeFileSync(config, 'audit: { retention: { run: 400d, approval: 400d, note: 400d } }\n')
  const env = { DESK_CONFIG: config }
  const pnl = ['tree', 'wrong-pnl', '--act']
  await desk.run(pnl, { env })
  await desk.run(['audit', 'checkpoint'], { env })
  desk.at('2026-12-18T09:05:00-05:00')
  await desk.run(['runbook', 'rolling-deploy'], { env })
  await desk.run(['audit', 'checkpoint'], { env })
  desk.at('2028-05-02T09:05:00-05:00')
  await desk.run(pnl, { env })
  await seen.run(['audit', 'checkpoint', '--expire'], { env })
  desk.at('2028-05-02T09:10:00-05:00')
  await seen.run(['audit', 'checkpoint', '--expire'], { env })
  desk.at('2029-07-03T09:05:00-05:00')
  await desk.run(pnl, { env })
  desk.at('2029-07-03T09:10:00-05:00')
  await seen.run(['audit', 'checkpoint', '--expire', '--dry-run'], { env })
  await seen.run(['audit', 'checkpoint', '--expire'], { env })
  await seen.run(['audit', 'verify'], { env })
  await seen.run(['run', 'list'], { env })
  await seen.run(['audit', 'search', '--text', 'shadow-days'], { env })
  await seen.run(['audit', 'export', '--from', '2026-12-01', '--to', '2026-12-10'], { env })
  await seen.run(['run', 'continue', '--due'], { env })
  const { stdout } = await desk.run(['status'], { env })
  expect(stdout).toContain('audit log sound in size')
  const gone = await desk.run(['audit', 'export', '--from', '2026-11-01', '--to', '2026-11-30'], { env })
  // What was decided then is there; the run is not.
  expect(gone).toMatchObject({ code: 0 })
  expect(gone.stdout).toContain('desk.born')
  expect(gone.stdout).not.toContain('wrong-pnl')
})

journey('incident', async (seen) => {
  desk.at('2026-11-20T10:00:00-05:00')
  await desk.run(['incident', 'open', 'risk-breach', '--answer', 'cause=market gap'])
  // The minute without new orders has moved the clock of the run.
  desk.at('2026-11-20T10:05:00-05:00')
  await seen.run(['incident', 'note', 'T-1', 'The gap opened with the auction'])
  desk.at('2026-11-20T10:06:00-05:00')
  await seen.run(['incident', 'assign', 'T-1', 'ann'])
  await seen.run(['incident', 'show', 'T-1'])
  await seen.run(['incident', 'postmortem', 'T-1', '--out', 'review.md'])
  await seen.run(['incident', 'close', 'T-1', '--artifact', 'review.md'])
  await seen.run(['incident', 'postmortem', 'T-1'])
})

journey('monitors', async (seen) => {
  desk.at('2026-11-20T10:00:00-05:00')
  await desk.fault('job-queue-deep')
  await seen.run(['monitor', 'silence', 'add', 'job-queue', '--for', '2h', '--reason', 'planned backfill'])
  await seen.run(['monitor', 'silence', 'add', 'disc', '--for', '2h', '--reason', 'new disk'])
  await seen.run(['monitor', 'silence', 'list'])
  await seen.run(['monitor', 'check', 'desk'])
  await seen.run(['monitor', 'check', 'desk', '--format', 'nagios'])
  await seen.run(['monitor', 'silence', 'expire', 'job-queue'])
  await desk.fault('heartbeat-lost')
  await desk.run(['monitor', 'check'])
  await seen.run(['monitor', 'check'])
})

journey('rules', async (seen) => {
  await seen.run(['monitor', 'rules'])
  await seen.run(['monitor', 'rules', '--as', 'prometheus'])
  await seen.run(['monitor', 'rules', '--as', 'alertmanager', '--webhook', 'https://alerts.example'])
})

journey('mistakes', async (seen) => {
  await seen.run(['tre'])
  await seen.run(['tree', 'no-fils'])
  await seen.run(['tree', 'no-fills', '--answer', 'q9=no'])
  await seen.run(['runbook', 'killswitch', '--set', 'why=x'])
  await seen.run(['run'])
  await seen.run(['run', 'continue'])
})

/** Markdown, YAML, JSON and the one line that Nagios takes. */
const forFiles = /^(?:- |\{|#|From |Nobody |DESK )/
it('no line that people read is wider than a terminal of 80 columns, but for what is to be typed', async () => {
  const { readdirSync, readFileSync } = await import('node:fs')
  const folder = new URL('../transcripts/', import.meta.url)
  const wide = readdirSync(folder).flatMap((file) =>
    readFileSync(new URL(file, folder), 'utf8')
      .split('\n')
      .filter(
        (line) =>
          Array.from(line).length > 80 &&
          !/^\$ |^ *waiting: |desk |next: |^ *expr: |<state>\//.test(line) &&
          !forFiles.test(line),
      ),
  )
  expect(wide).toEqual([])
})
