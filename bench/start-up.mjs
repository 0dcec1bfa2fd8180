// How long a command takes from spawn to exit, and `desk kill` to its effect, against an empty script under the same Node.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { addRuns } from './many-runs.mjs'
import { environment, report, roundRobin, wholeProcess } from './measure.mjs'

const entry = join(dirname(import.meta.dirname), 'bin', 'desk.cjs')
const rounds = Number(process.argv[2] ?? 25)
const dir = mkdtempSync(join(tmpdir(), 'desk-bench-'))
try {
  const empty = join(dir, 'empty.cjs')
  writeFileSync(empty, '')
  const at = (name) => environment({ DESK_STATE_DIR: join(dir, name), HOME: dir })
  const desk = (name, args, expected = [0]) => wholeProcess([entry, ...args], { env: at(name), expected })
  desk('young', ['tree', 'no-fills', '--json'], [3]) // the paper desk comes into being
  cpSync(join(dir, 'young'), join(dir, 'old'), { recursive: true })
  cpSync(join(dir, 'young'), join(dir, 'walked'), { recursive: true })
  await addRuns(join(dir, 'old'), 300, dir)

  const medians = await roundRobin(
    [
      { name: 'node empty.cjs', run: () => wholeProcess([empty], { env: at('young') }) },
      { name: 'desk --version', run: () => desk('young', ['--version']) },
      { name: 'desk status', run: () => desk('young', ['status']) },
      { name: 'desk status, 1200 lines of ledger', run: () => desk('old', ['status']) },
      { name: 'desk --help', run: () => desk('young', ['--help']) },
      { name: 'desk kill, until the permission is gone', run: () => untilHalted(dir) },
      { name: 'desk kill, to its end without venues', run: () => killWithoutVenues(dir) },
      { name: 'desk kill, to its end, cancels apart', run: () => killApartFromVenues(dir) },
      { name: 'desk lint', run: () => desk('young', ['lint']) },
      { name: 'desk tree no-fills (three probes)', run: () => desk('walked', ['tree', 'no-fills', '--json'], [3]) },
    ],
    rounds,
  )
  const base = medians.get('node empty.cjs')
  const limits = new Map([
    ['desk --version', 1.1],
    ['desk status', 1.3],
    ['desk status, 1200 lines of ledger', 1.3],
    ['desk --help', 1.5],
    ['desk kill, until the permission is gone', 1.1],
    ['desk kill, to its end without venues', 1.5],
    ['desk kill, to its end, cancels apart', 1.5],
  ])
  report(
    `start-up, medians of ${rounds}`,
    [...medians].map(([name, ms]) => ({ name, ms, ratio: ms / base, limit: limits.get(name) })),
  )
  const tree = medians.get('desk tree no-fills (three probes)') - base
  report('over bare Node', [
    { name: 'desk tree no-fills (three probes)', ms: tree, ratio: tree, limit: 150, unit: ' ms' },
  ])
} finally {
  rmSync(dir, { recursive: true })
}

/** Restores the permission, starts `desk kill` and waits until the file system tells that it is gone. */
async function untilHalted(dir) {
  const stateDir = join(dir, 'halted')
  rmSync(stateDir, { recursive: true, force: true })
  cpSync(join(dir, 'young'), stateDir, { recursive: true })
  const permits = join(stateDir, 'permit')
  const path = join(
    permits,
    readdirSync(permits).find((name) => name.startsWith('trade@')),
  )
  const watcher = watch(permits)
  const start = process.hrtime.bigint()
  const child = spawn(process.execPath, [entry, 'kill'], {
    env: environment({ DESK_STATE_DIR: stateDir, HOME: dir }),
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  const ms = await new Promise((resolve) => {
    watcher.on('change', () => {
      if (!existsSync(path)) resolve(Number(process.hrtime.bigint() - start) / 1e6)
    })
  })
  watcher.close()
  const [code] = await ended
  if (code !== 0) throw new Error(`desk kill ended with ${code}`)
  return ms
}

/** Where there was no desk there are no venues, so nothing is waited for; everything is put on record all the same. */
function killWithoutVenues(dir) {
  const stateDir = join(dir, 'empty-host')
  rmSync(stateDir, { recursive: true, force: true })
  return wholeProcess([entry, 'kill'], { env: environment({ DESK_STATE_DIR: stateDir, HOME: dir }), expected: [78] })
}

/** A desk with venues: the whole process without the time in which it sends the cancels and waits for the venues, which the log tells. */
function killApartFromVenues(dir) {
  const stateDir = join(dir, 'with-venues')
  rmSync(stateDir, { recursive: true, force: true })
  cpSync(join(dir, 'young'), stateDir, { recursive: true })
  const whole = wholeProcess([entry, 'kill'], { env: environment({ DESK_STATE_DIR: stateDir, HOME: dir }) })
  const segments = join(stateDir, 'audit', 'segments')
  const halt = readdirSync(segments).find((name) => name.startsWith('halt-'))
  const records = readFileSync(join(segments, halt), 'utf8').trimEnd().split('\n').map(JSON.parse)
  const { sendingMs, waitingMs } = records.find(({ event }) => event === 'halt.verified').data
  return whole - sendingMs - waitingMs
}
