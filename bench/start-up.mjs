// How long a command takes from spawn to exit, against an empty script under the same Node. `desk kill` is measured in gate.mjs.
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
