// From `desk kill` to no open order at two paper venues with 1000 orders each, against one venue that has all its thousand alone.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { environment, report, roundRobin, wholeProcess } from './measure.mjs'

const entry = join(dirname(import.meta.dirname), 'bin', 'desk.cjs')
const rounds = Number(process.argv[2] ?? 9)
const orders = 1000
const venues = ['primary', 'backup']
const dir = mkdtempSync(join(tmpdir(), 'desk-bench-'))
try {
  const template = join(dir, 'template')
  const desk = (stateDir, args, expected = [0]) =>
    wholeProcess([entry, ...args], { env: environment({ DESK_STATE_DIR: stateDir, HOME: dir }), expected })
  desk(template, ['tree', 'no-fills', '--json'], [3]) // the paper desk comes into being
  // A venue's state is written with its first change.
  const seeded = join(dir, 'seeded')
  cpSync(template, seeded, { recursive: true })
  desk(seeded, ['kill'])

  const withOrders = (name, full) => {
    const stateDir = join(dir, name)
    cpSync(template, stateDir, { recursive: true })
    for (const venue of venues) cpSync(fileOf(seeded, venue), fileOf(stateDir, venue))
    for (const venue of full) fill(fileOf(stateDir, venue))
    return stateDir
  }
  const cases = [
    ['primary alone', ['primary']],
    ['backup alone', ['backup']],
    ['both at once', venues],
  ].map(([name, full]) => {
    const from = withOrders(name, full)
    return { name, run: () => untilCancelled(from, full) }
  })

  /** From the start of the process until no venue's state has an open order; the wait for stragglers that follows is not counted. */
  async function untilCancelled(from, full) {
    const stateDir = join(dir, 'round')
    cpSync(from, stateDir, { recursive: true })
    const left = new Set(full)
    const watcher = watch(join(stateDir, 'paper'))
    const begun = process.hrtime.bigint()
    const child = spawn(process.execPath, [entry, 'kill'], {
      env: environment({ DESK_STATE_DIR: stateDir, HOME: dir }),
      stdio: 'ignore',
    })
    const ended = once(child, 'exit')
    let ms = 0
    watcher.on('change', (_event, file) => {
      for (const venue of left)
        if (file === `venue-${venue}.json` && open(fileOf(stateDir, venue)) === 0) {
          left.delete(venue)
          ms = Number(process.hrtime.bigint() - begun) / 1e6
        }
    })
    const [code] = await ended
    watcher.close()
    if (code !== 0 || left.size > 0) throw new Error(`ended with ${code}, open orders at ${[...left].join(', ')}`)
    rmSync(stateDir, { recursive: true })
    return ms
  }

  const medians = await roundRobin(cases, rounds)
  const slower = Math.max(medians.get('primary alone'), medians.get('backup alone'))
  report(
    `desk kill to no open order, ${orders} orders a venue, medians of ${rounds}, against the slower venue alone`,
    [...medians].map(([name, ms]) => ({
      name,
      ms,
      ratio: ms / slower,
      ...(name === 'both at once' ? { limit: 1.5 } : {}),
    })),
  )
} finally {
  rmSync(dir, { recursive: true })
}

function fileOf(stateDir, venue) {
  return join(stateDir, 'paper', `venue-${venue}.json`)
}

/** Adds open orders of the desk, far from the market. */
function fill(file) {
  const stored = JSON.parse(readFileSync(file, 'utf8'))
  const { state } = stored
  const like = state.orders.find(({ type }) => type === 'limit')
  for (let i = 0; i < orders; i++) {
    state.sequence++
    state.orders.push({
      ...like,
      id: `bench-${i}`,
      clientOrderId: `bench-${i}`,
      owner: 'desk',
      side: 'buy',
      quantity: '1',
      filled: '0',
      price: '1',
      status: 'open',
      sequence: state.sequence,
    })
  }
  writeFileSync(file, JSON.stringify(stored))
}

function open(file) {
  const { state } = JSON.parse(readFileSync(file, 'utf8'))
  return state.orders.filter(
    ({ owner, type, status }) => owner === 'desk' && type === 'limit' && ['open', 'pendingCancel'].includes(status),
  ).length
}
