// How long a command takes from spawn to exit, against an empty script under the same Node.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { environment, report, roundRobin, wholeProcess } from './measure.mjs'

const entry = join(dirname(import.meta.dirname), 'bin', 'desk.cjs')
const rounds = Number(process.argv[2] ?? 25)
const dir = mkdtempSync(join(tmpdir(), 'desk-bench-'))
try {
  const empty = join(dir, 'empty.cjs')
  writeFileSync(empty, '')
  const env = environment({ DESK_STATE_DIR: join(dir, 'state'), HOME: dir })
  const desk = (...args) => wholeProcess([entry, ...args], { env })
  desk('status') // the paper desk comes into being
  const medians = roundRobin(
    [
      { name: 'node empty.cjs', run: () => wholeProcess([empty], { env }) },
      { name: 'desk --version', run: () => desk('--version') },
      { name: 'desk status', run: () => desk('status') },
      { name: 'desk --help', run: () => desk('--help') },
      { name: 'desk kill', run: () => wholeProcess([entry, 'kill'], { env, expected: [0] }) },
      { name: 'desk lint', run: () => desk('lint') },
      {
        name: 'desk tree no-fills (three probes)',
        run: () => wholeProcess([entry, 'tree', 'no-fills', '--json'], { env, expected: [3] }),
      },
    ],
    rounds,
  )
  const base = medians.get('node empty.cjs')
  const limits = { 'desk --version': 1.1, 'desk status': 1.3, 'desk --help': 1.5, 'desk kill': 1.5 }
  report(
    `start-up, medians of ${rounds}`,
    [...medians].map(([name, ms]) => ({ name, ms, ratio: ms / base, limit: limits[name] })),
  )
  const tree = medians.get('desk tree no-fills (three probes)') - base
  report('over bare Node', [
    { name: 'desk tree no-fills (three probes)', ms: tree, ratio: tree, limit: 150, unit: 'ms' },
  ])
} finally {
  rmSync(dir, { recursive: true })
}
