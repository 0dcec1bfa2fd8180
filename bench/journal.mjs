// What being on record costs: a runbook of many `exec.run` steps against the same programs started by bare Node, each with two lines
// that are appended and synced, one before it and one after. Both write to the same file system, in turns.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { environment, report, roundRobin, wholeProcess } from './measure.mjs'

const entry = join(dirname(import.meta.dirname), 'bin', 'desk.cjs')
const steps = 200
const rounds = Number(process.argv[2] ?? 9)
const program = '/bin/true'
const dir = mkdtempSync(join(tmpdir(), 'desk-bench-'))

const reference = `
const { spawn } = require('node:child_process')
const { fdatasyncSync, openSync, writeSync } = require('node:fs')
const fd = openSync(process.argv[2], 'a')
const put = (line) => { writeSync(fd, JSON.stringify(line) + '\\n'); fdatasyncSync(fd) }
const run = (step) => new Promise((resolve) => {
  const child = spawn('${program}', [], { stdio: ['ignore', 'pipe', 'pipe'] })
  const out = []
  child.stdout.on('data', (bytes) => out.push(bytes))
  child.stderr.on('data', (bytes) => out.push(bytes))
  child.on('close', (exitCode) => resolve({ step, exitCode, output: Buffer.concat(out).toString() }))
})
;(async () => {
  for (let step = 0; step < ${String(steps)}; step++) {
    put({ kind: 'intent', step, time: new Date().toISOString() })
    put({ kind: 'acted', ...(await run(step)), time: new Date().toISOString() })
  }
})()
`

const runbook = `kind: runbook
id: many-programs
title: Many programs in a row
category: operations
source: a benchmark
frequency: { text: Whenever it is measured, practise: quarter }
trigger:
  text: Somebody asks what being on record costs.
steps:
${Array.from({ length: steps }, (_, i) => `  - { id: s${String(i + 1)}, title: Program ${String(i + 1)}, do: exec.run, with: { file: ${program} } }`).join('\n')}
verify:
  - { id: session, title: The session can be told, check: desk.session, expect: result.minutesToOpen >= 0.0 }
`

try {
  const bare = join(dir, 'bare.cjs')
  writeFileSync(bare, reference)
  const documents = join(dir, 'documents')
  mkdirSync(join(documents, 'runbooks'), { recursive: true })
  writeFileSync(join(documents, 'runbooks', 'many-programs.yaml'), runbook)
  const config = join(dir, 'desk.config.yaml')
  writeFileSync(config, `documents: [${JSON.stringify(documents)}]\n`)
  const env = environment({ DESK_STATE_DIR: join(dir, 'state'), HOME: dir })
  const desk = (...args) => wholeProcess([entry, '--config', config, ...args], { env })
  const medians = await roundRobin(
    [
      { name: 'bare', run: () => wholeProcess([bare, join(dir, 'log')], { env }) },
      { name: 'run', run: () => desk('runbook', 'many-programs', '--json') },
      { name: 'plan', run: () => desk('runbook', 'many-programs', '--dry-run', '--offline', '--json') },
    ],
    rounds,
  )
  const [base, run, plan] = ['bare', 'run', 'plan'].map((name) => medians.get(name))
  report(`a journalled run, medians of ${String(rounds)}`, [
    { name: `${String(steps)} bare spawns, two synced lines each`, ms: base, ratio: 1 },
    { name: `a runbook of ${String(steps)} exec.run steps`, ms: run, ratio: run / base, limit: 1.4 },
    { name: 'of it the start: compiling and planning', ms: plan, ratio: plan / base },
    { name: 'of it the steps', ms: run - plan, ratio: (run - plan) / base },
  ])
} finally {
  rmSync(dir, { recursive: true })
}
