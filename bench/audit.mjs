// What the audit log costs: an acknowledged record against the same bytes written and synced by C, a hundred records with one sync
// against one by one, and verifying a log against hashing its bytes. Everything on the same file system, in turns. Ends with 1 over a limit.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { performance } from 'node:perf_hooks'
import { rolldown } from 'rolldown'
import { environment, report, roundRobin, wholeProcess } from './measure.mjs'

const root = join(import.meta.dirname, '..')
const rounds = Number(process.argv[2] ?? 7)
const appends = 200
const groupSize = 100
const groups = 20
const verified = 100_000
const perSegment = 1000
const dir = mkdtempSync(join(process.env.DESK_BENCH_DIR ?? tmpdir(), 'desk-bench-'))

/** The same bytes, as C would append them. */
const program = `
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int fd = open(argv[1], O_CREAT | O_APPEND | O_WRONLY, 0600), n = atoi(argv[2]);
  size_t size = atoi(argv[3]);
  char *line = malloc(size);
  memset(line, 'x', size);
  line[size - 1] = '\\n';
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  for (int i = 0; i < n; i++) if (write(fd, line, size) != (ssize_t)size || fdatasync(fd)) return 1;
  clock_gettime(CLOCK_MONOTONIC, &b);
  printf("%f\\n", (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6);
  return 0;
}
`

const sample = (i) => ({
  event: 'sample',
  step: 'runbook/reconciliation#proof',
  data: {
    kind: 'sample',
    at: { path: 'runbook/reconciliation#proof', visit: 1 },
    time: new Date().toISOString(),
    verdict: 'ok',
    evidence: {
      source: 'reconciliation',
      asOf: new Date().toISOString(),
      expected: 'size(result.differences) == 0',
      observed: { differences: [], compared: i },
    },
  },
  result: 'ok',
})

async function auditModules() {
  const bundle = await rolldown({
    input: { segment: 'src/audit/segment.ts', id: 'src/audit/id.ts' },
    cwd: root,
    platform: 'node',
    tsconfig: 'tsconfig.json',
  })
  await bundle.write({ dir: join(dir, 'audit'), format: 'esm', entryFileNames: '[name].mjs' })
  await bundle.close()
  const { openSegment } = await import(join(dir, 'audit', 'segment.mjs'))
  const { newId } = await import(join(dir, 'audit', 'id.mjs'))
  const now = () => new Date()
  return (stateDir, more = {}) => {
    const run = newId('run', now, (n) => globalThis.crypto.getRandomValues(new Uint8Array(n)))
    const redaction = { secrets: ['not-a-real-secret'], fields: ['apiKey'] }
    const envelope = { actor: 'oncall', host: 'bench', traceId: run, redaction }
    return openSegment({ stateDir, run, k: 0, header: { event: 'opened' }, envelope, now, ...more })
  }
}

try {
  const open = await auditModules()
  const appending = await measureAppending(open)
  const verifying = await measureVerifying(open)
  process.exitCode = appending && verifying ? 0 : 1
} finally {
  rmSync(dir, { recursive: true })
}

async function measureAppending(open) {
  const stateDir = join(dir, 'appended')
  mkdirSync(stateDir)
  const lineBytes = bytesOfLine(open, stateDir)
  // What is measured is putting records into the log, not making them.
  const entries = Array.from({ length: groupSize }, (_, i) => sample(i))
  const timed = (act) => {
    const writer = open(stateDir)
    const start = performance.now()
    act(writer)
    const ms = performance.now() - start
    writer.close()
    return ms
  }
  const single = () =>
    timed((writer) => {
      for (let i = 0; i < appends; i++) writer.append(entries[i % groupSize])
    })
  const grouped = () =>
    timed((writer) => {
      for (let g = 0; g < groups; g++) writer.appendAll(entries)
    })
  const c = compiled()
  const inC = (times, bytes) => Number(execFileSync(c, [join(dir, 'c.log'), String(times), String(bytes)]))
  const cases = [
    { name: 'single', run: single },
    { name: 'grouped', run: grouped },
    ...(c === undefined
      ? []
      : [
          { name: 'C', run: () => inC(appends, lineBytes) },
          { name: 'C grouped', run: () => inC(groups, lineBytes * groupSize) },
        ]),
  ]
  const medians = await roundRobin(cases, rounds)
  const usOf = (name, records) => (medians.get(name) / records) * 1000
  const one = usOf('single', appends)
  const inGroup = usOf('grouped', groups * groupSize)
  const reference = c === undefined ? one : usOf('C', appends)
  const rows = [
    ...(c === undefined ? [] : [{ name: `C: write + fdatasync of ${lineBytes} bytes`, us: reference, ratio: 1 }]),
    { name: 'an audited append', us: one, ratio: one / reference, ...(c === undefined ? {} : { limit: 1.3 }) },
    { name: `one of a group of ${groupSize}`, us: inGroup, ratio: inGroup / one, limit: 1 / 50 },
  ].map(({ us, ...row }) => ({ ...row, ms: us, measure: 'us' }))
  report(`audited appends, medians of ${String(rounds)}`, rows)
  process.stdout.write(`  a group is ${(one / inGroup).toFixed(0)} times as fast as one by one (at least 50)\n`)
  if (c !== undefined) {
    const disk = usOf('C grouped', groups * groupSize)
    process.stdout.write(
      `  of its ${inGroup.toFixed(1)} us the disk takes ${disk.toFixed(1)}: C comes to ${(reference / disk).toFixed(0)} times with the same bytes\n`,
    )
  }
  return rows.every(({ ratio, limit = Infinity }) => ratio <= limit)
}

function bytesOfLine(open, stateDir) {
  const writer = open(stateDir)
  const path = join(stateDir, 'audit/segments', writer.name)
  const before = statSync(path).size
  writer.append(sample(10))
  writer.close()
  return statSync(path).size - before
}

async function measureVerifying(open) {
  const stateDir = join(dir, 'verified')
  mkdirSync(stateDir)
  const disk = { write: writeSync, sync: () => undefined } // its crash-safety is not what is measured
  for (let s = 0; s < verified / perSegment; s++) {
    const writer = open(stateDir, { disk })
    for (let i = 1; i < perSegment; i += 111) writer.appendAll(Array.from({ length: 111 }, (_, n) => sample(i + n)))
    writer.close({ outcome: 'ok' })
  }
  const env = environment({ DESK_STATE_DIR: stateDir, HOME: dir })
  const desk = (...args) => [join(root, 'bin', 'desk.cjs'), ...args]
  if (wholeProcess(desk('audit', 'checkpoint'), { env }) === 0) throw new Error('no time passed')
  const segments = readdirSync(join(stateDir, 'audit/segments')).map((name) => join(stateDir, 'audit/segments', name))
  const hashed = () => {
    const start = performance.now()
    if (spawnSync('sha256sum', segments, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0)
      throw new Error('sha256sum')
    return performance.now() - start
  }
  const medians = await roundRobin(
    [
      { name: 'sha256sum', run: hashed },
      { name: 'verify', run: () => wholeProcess(desk('audit', 'verify'), { env }) },
    ],
    rounds,
  )
  const [base, all] = ['sha256sum', 'verify'].map((name) => medians.get(name))
  const rows = [
    { name: `sha256sum over ${verified} records`, ms: base, ratio: 1 },
    { name: 'desk audit verify', ms: all, ratio: all / base, limit: 2.5 },
  ]
  report(`verifying, whole processes, medians of ${String(rounds)}`, rows)
  return rows.every(({ ratio, limit = Infinity }) => ratio <= limit)
}

/** Undefined where there is no compiler. */
function compiled() {
  const [source, binary] = [join(dir, 'append.c'), join(dir, 'append')]
  writeFileSync(source, program)
  return spawnSync('cc', ['-O2', '-o', binary, source]).status === 0 ? binary : undefined
}
