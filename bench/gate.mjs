// What the gate costs beside the same system calls in C and in Python, a tick of the live loop, and `desk kill` beside bare Node. Questions are
// measured in the time of the processor, which other processes of the machine disturb least. Ends with 1 over a limit.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import { killApartFromVenues, killWithoutVenues, untilHalted } from './halt.mjs'
import { environment, median, report, roundRobin, wholeProcess } from './measure.mjs'

const root = dirname(import.meta.dirname)
const rounds = Number(process.argv[2] ?? 15)
const questions = 200_000
const ticks = 2000
const dir = mkdtempSync(join(tmpdir(), 'desk-bench-'))
const stateDir = join(dir, 'young')
const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()

const inNode = `
import { mayTrade } from ${JSON.stringify(pathToFileURL(join(root, 'dist', 'gate.mjs')).href)}
const [, , stateDir, expected] = process.argv
const ask = { stateDir, venue: 'primary', model: 'signal', symbol: 'AAPL' }
for (let i = 0; i < 20000; i++) mayTrade(ask)
const start = process.cpuUsage()
let allowed = ''
for (let i = 0; i < ${questions}; i++) allowed = mayTrade(ask).allowed
const { user, system } = process.cpuUsage(start)
if (allowed !== expected) throw new Error(allowed)
console.log((user + system) / ${questions})
`
const inC = `
#include <stdio.h>
#include <time.h>
#include <unistd.h>
int main(int count, char **paths) {
  struct timespec a, b;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
  for (int n = 0; n < ${questions}; n++)
    for (int i = 1; i < count; i++) access(paths[i], F_OK);
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
  printf("%f\\n", ((b.tv_sec - a.tv_sec) * 1e6 + (b.tv_nsec - a.tv_nsec) / 1e3) / ${questions});
}
`
const inPython = `
import os, sys, time
exists, paths = os.path.exists, sys.argv[1:]
start = time.process_time()
for n in range(${questions}):
    for path in paths: exists(path)
print((time.process_time() - start) / ${questions} * 1e6)
`

try {
  // The paper desk comes into being.
  const made = [join(root, 'bin', 'desk.cjs'), 'tree', 'no-fills', '--json']
  wholeProcess(made, { env: environment({ DESK_STATE_DIR: stateDir, HOME: dir }), expected: [3] })
  const isSlow = [await questionsCost(), await ticksCost(), await haltsCost()].some((rows) =>
    rows.some(({ ratio, limit }) => limit !== undefined && ratio > limit),
  )
  if (isSlow) process.exitCode = 1
} finally {
  rmSync(dir, { recursive: true })
}

/** A desk that trades is asked about eleven files, one that is halted about one, which is not there. */
async function questionsCost() {
  const files = (names) => names.map((name) => join(stateDir, 'permit', name))
  const held = ['hold-symbol=AAPL', 'hold-reduce-symbol=AAPL']
  const inForce = ['unheld', 'venue=primary', 'model=signal', 'rate-half', 'rate-full', 'open', 'half', 'full']
  const eleven = files([`trade@${boot}`, ...held, ...inForce.map((token) => `${token}@${boot}`)])
  const halted = join(dir, 'stood')
  cpSync(stateDir, halted, { recursive: true })
  const one = [join(halted, 'permit', `trade@${boot}`)]
  rmSync(one[0])
  const node = write('gate.mjs', inNode)
  const cases = [
    { name: 'the gate, trading: eleven looks', run: () => said(process.execPath, [node, stateDir, 'all']) },
    { name: 'the gate, halted: one look', run: () => said(process.execPath, [node, halted, 'none']) },
  ]
  const c = compiled()
  if (c !== undefined)
    cases.push({ name: 'C, eleven', run: () => said(c, eleven) }, { name: 'C, one', run: () => said(c, one) })
  const python = isThere('python3') ? write('exists.py', inPython) : undefined
  if (python !== undefined)
    cases.push(
      { name: 'Python, eleven', run: () => said('python3', [python, ...eleven]) },
      { name: 'Python, one', run: () => said('python3', [python, ...one]) },
    )
  const medians = await roundRobin(cases, rounds)
  const answers = cases.slice(0, 2).map(({ name }) => {
    const us = medians.get(name)
    return { name, ms: us, measure: 'us', ratio: us, limit: 100, unit: ' us' }
  })
  report(`a question, medians of ${rounds}`, answers)
  const compared = [
    ['C', 'access', 1.5],
    ['Python', 'os.path.exists', 1],
  ].flatMap(([language, call, limit]) => {
    if (!medians.has(`${language}, one`)) {
      process.stdout.write(`\nno ${language} here: the gate is not compared with it\n`)
      return []
    }
    const rows = ['eleven', 'one'].flatMap((looks, i) => {
      const [name, reference] = [cases[i].name, `${language}, ${looks}`]
      const base = medians.get(reference)
      const asked = { name, ms: medians.get(name), measure: 'us', ratio: medians.get(name) / base, limit }
      return [{ name: `${reference}: ${call}`, ms: base, measure: 'us', ratio: 1 }, asked]
    })
    report(`a question, beside ${language}, medians of ${rounds}`, rows)
    return rows
  })
  return [...answers, ...compared]
}

/** One tick after the other through the live loop, as its own log tells what each took. */
async function ticksCost() {
  const child = spawn(process.execPath, [join(root, 'examples', 'live-loop.mjs'), stateDir], {
    env: environment(),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const records = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const took = []
  for (let tick = 1; tick <= ticks; tick++) {
    child.stdin.write(`${JSON.stringify({ tick, symbol: 'AAPL', price: 100 + tick })}\n`)
    const { event, data } = JSON.parse((await records.next()).value)
    if (event !== 'order.sent') throw new Error(event)
    took.push(data.latencyMs)
    child.stdin.write(`${JSON.stringify({ fill: data.order.id, quantity: Number(data.order.quantity) })}\n`)
    await records.next()
  }
  child.stdin.end()
  const sorted = took.toSorted((a, b) => a - b)
  const row = (name, ms, limit) => ({ name, ms, ratio: ms, limit, unit: ' ms' })
  const rows = [
    row('median', median(took), 10),
    row('99 of 100', sorted[Math.floor(took.length * 0.99)], 10),
    row('the worst', sorted.at(-1)),
  ]
  report(`a tick of the live loop with both gates and its order, of ${ticks}`, rows)
  return rows
}

async function haltsCost() {
  const empty = write('empty.cjs', '')
  const limits = new Map([
    ['desk kill, until the permission is gone', 1.05],
    ['desk kill, to its end without venues', 1.4],
    ['desk kill, to its end, cancels apart', 1.4],
  ])
  const runs = [() => untilHalted(dir), () => killWithoutVenues(dir), () => killApartFromVenues(dir)]
  const bare = { name: 'node empty.cjs', run: () => wholeProcess([empty]) }
  const cases = [bare, ...[...limits.keys()].map((name, i) => ({ name, run: runs[i] }))]
  const medians = await roundRobin(cases, rounds)
  const base = medians.get(bare.name)
  const rows = [...medians].map(([name, ms]) => ({ name, ms, ratio: ms / base, limit: limits.get(name) }))
  report(`a halt, medians of ${rounds}`, rows)
  return rows
}

/** What a program prints: microseconds for each question. */
function said(file, args) {
  return Number(execFileSync(file, args, { env: environment(), encoding: 'utf8' }))
}

function compiled() {
  if (!isThere('cc')) return undefined
  execFileSync('cc', ['-O2', '-o', join(dir, 'access'), write('access.c', inC)])
  return join(dir, 'access')
}

function isThere(program) {
  return spawnSync(program, ['--version']).error === undefined
}

function write(name, text) {
  writeFileSync(join(dir, name), text)
  return join(dir, name)
}
