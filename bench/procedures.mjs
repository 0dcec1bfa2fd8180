// What procedures cost: `desk lint` over more and more documents, and `desk test` over all cases against `desk lint` over everything.
// Ends with 1 over a limit.
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

  const medians = await roundRobin(
    [
      { name: 'desk lint --full', run: () => desk('lint', '--full') },
      { name: 'desk lint', run: () => desk('lint') },
      ...sizes.map((size) => ({
        name: `desk lint, ${size} documents more`,
        run: () => desk('lint', join(dir, String(size))),
      })),
      { name: 'desk test', run: () => desk('test') },
    ],
    rounds,
  )
  const lint = medians.get('desk lint --full')
  const procedures = [...medians].map(([name, ms]) => ({
    ...{ name, ms, ratio: ms / lint },
    limit: name === 'desk test' ? 40 : undefined,
  }))
  report(`procedures, medians of ${rounds}`, procedures)
  // From one size to the next: the start, and what V8 makes of the program on the way, is in the first.
  const steps = sizes.slice(1).map((size, i) => {
    const [less, more] = [sizes[i], size].map((n) => medians.get(`desk lint, ${n} documents more`))
    return { name: `from ${sizes[i]} to ${size}`, ms: (more - less) / (size - sizes[i]) }
  })
  const further = steps.map((step, i) => ({ ...step, ratio: step.ms / steps[0].ms, limit: i === 0 ? undefined : 1.25 }))
  report('each further document', further)
  if ([...procedures, ...further].some(({ ratio, limit }) => limit !== undefined && ratio > limit)) process.exitCode = 1
} finally {
  rmSync(dir, { recursive: true })
}
