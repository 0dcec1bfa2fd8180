// What procedures cost: `desk lint` over more and more documents, and `desk test` over all cases against `desk lint` over everything.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { environment, report, roundRobin, wholeProcess } from './measure.mjs'

const root = dirname(import.meta.dirname)
const entry = join(root, 'bin', 'desk.cjs')
const rounds = Number(process.argv[2] ?? 3)
const sizes = [100, 300, 1000]
const dir = mkdtempSync(join(tmpdir(), 'desk-bench-'))
try {
  const env = environment({ DESK_STATE_DIR: join(dir, 'state'), HOME: dir })
  const desk = (...args) => wholeProcess([entry, ...args], { env, cwd: root })
  // Copies of one runbook that calls nothing, under ids of their own.
  const text = readFileSync(join(root, 'runbooks', 'backtest-gate.yaml'), 'utf8')
  for (const size of sizes) {
    const folder = join(dir, String(size), 'runbooks')
    mkdirSync(folder, { recursive: true })
    for (let i = 0; i < size; i++)
      writeFileSync(join(folder, `copy-${i}.yaml`), text.replaceAll('backtest-gate', `copy-${i}`))
  }
  const one = join(dir, 'one', 'runbooks')
  mkdirSync(one, { recursive: true })
  writeFileSync(join(one, 'copy-first.yaml'), text.replaceAll('backtest-gate', 'copy-first'))

  const medians = await roundRobin(
    [
      { name: 'desk lint --full', run: () => desk('lint', '--full') },
      { name: 'desk lint', run: () => desk('lint') },
      { name: 'desk lint, one document', run: () => desk('lint', one) },
      ...sizes.map((size) => ({
        name: `desk lint, ${size} documents more`,
        run: () => desk('lint', join(dir, String(size))),
      })),
      { name: 'desk test', run: () => desk('test') },
    ],
    rounds,
  )
  const lint = medians.get('desk lint --full')
  report(
    `procedures, medians of ${rounds}`,
    [...medians].map(([name, ms]) => ({ name, ms, ratio: ms / lint, limit: name === 'desk test' ? 40 : undefined })),
  )
  const base = medians.get('desk lint, one document')
  const each = sizes.map((size) => (medians.get(`desk lint, ${size} documents more`) - base) / size)
  report(
    'each further document, against what it costs among the first hundred',
    sizes.map((size, i) => ({
      name: `of ${size}`,
      ms: each[i],
      ratio: each[i] / each[0],
      limit: size === 100 ? undefined : 1.25,
    })),
  )
} finally {
  rmSync(dir, { recursive: true })
}
