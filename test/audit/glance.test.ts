import fc from 'fast-check'
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { glanceAtLog } from '../../src/audit/glance.ts'
import { quickCheck } from '../../src/audit/health.ts'
import { ledgerDir, segmentPath } from '../../src/audit/layout.ts'
import { appendLedger } from '../../src/audit/ledger.ts'
import { listRuns } from '../../src/audit/runs.ts'
import { newLog, type Log } from './writing.ts'

const isGate = (graph: string): boolean => graph.startsWith('gates/')
const expectedRuns = (stateDir: string) =>
  listRuns(stateDir).filter((run) => run.state !== 'closed' || isGate(run.graph ?? ''))

function ledgerOf({ stateDir }: Log): string {
  const [file = ''] = readdirSync(ledgerDir(stateDir))
  return `${ledgerDir(stateDir)}/${file}`
}

const head = 'a'.repeat(64)
const extent = { records: 2, bytes: 300, head, torn: 0 }
const need = {
  kind: 'answer',
  answers: ['yes'],
  title: '"kind":"closed","segment":"run-x',
  at: { path: 'tree/a#q1', visit: 1 },
} as const

/** Lines about a few runs in any order, as if several processes wrote them, with torn and foreign ones in between. */
const steps = fc.array(
  fc.record({
    run: fc.nat(4),
    k: fc.nat(2),
    what: fc.constantFrom('opened', 'parked', 'closed', 'sealed', 'evidence', 'expired', 'torn', 'foreign'),
    graph: fc.constantFrom('gates/daily', 'tree/no-fills', 'tree/"quoted"', undefined),
  }),
  { maxLength: 40 },
)

it('tells of the runs that it is asked for exactly what reading everything tells', () => {
  fc.assert(
    fc.property(steps, (written) => {
      const log = newLog()
      const ids = Array.from({ length: 5 }, () => log.id('run'))
      const means = { now: log.clock.now }
      appendLedger(log.stateDir, { kind: 'checkpoint', id: log.id('note') }, means)
      for (const { run, k, what, graph } of written) {
        const segment = `${ids[run] ?? ''}.${String(k)}.ndjson`
        const shown = { ...(graph === undefined ? {} : { graph }), title: '"graph":"gates/daily"' }
        if (what === 'opened') appendLedger(log.stateDir, { kind: 'opened', segment, ...shown, actor: 'oncall' }, means)
        else if (what === 'parked')
          appendLedger(log.stateDir, { segment, ...extent, kind: 'parked', needs: [need] }, means)
        else if (what === 'closed') appendLedger(log.stateDir, { segment, ...extent, kind: 'closed' }, means)
        else if (what === 'sealed') appendLedger(log.stateDir, { kind: 'sealed', segment, ...extent }, means)
        else if (what === 'expired')
          appendLedger(log.stateDir, { kind: 'expired', segment, head, olderThan: 'x' }, means)
        else if (what === 'evidence')
          appendLedger(log.stateDir, { kind: 'evidence', segment, event: 'seen.it', status: 'ok', seq: 1 }, means)
        else if (what === 'torn') appendFileSync(ledgerOf(log), `\n{"at":"x","kind":"opened","segment":"${segment}"`)
        // Whole, but not in the order in which this version writes.
        else appendFileSync(ledgerOf(log), `\n${JSON.stringify({ kind: 'closed', ...extent, segment, at: 'x' })}\n`)
      }
      const { runs, health } = glanceAtLog(log.stateDir, isGate)
      expect(runs).toEqual(expectedRuns(log.stateDir))
      expect(new Set(health.problems)).toEqual(new Set(quickCheck(log.stateDir).problems))
      expect(health.ok).toBe(health.problems.length === 0)
      rmSync(log.stateDir, { recursive: true })
    }),
    { numRuns: 60 },
  )
})

it('sees what quickCheck sees: segments shorter or gone, lines changed, history missing', () => {
  const log = newLog()
  const writer = log.open()
  writer.append({ event: 'seen' })
  writer.close({ outcome: 'ok' })
  const [ledger, segment] = [ledgerOf(log), segmentPath(log.stateDir, writer.name)]
  const whole = readFileSync(ledger, 'utf8')
  const health = () => {
    const found = glanceAtLog(log.stateDir, isGate).health
    expect(found).toEqual(quickCheck(log.stateDir))
    return found.problems
  }
  expect(health()).toEqual([])
  truncateSync(segment, 10)
  expect(health()).toEqual([expect.stringContaining('it has 10')])
  rmSync(segment)
  expect(health()).toEqual([expect.stringContaining('it is gone')])
  writeFileSync(ledger, whole.replace('"kind":"opened"', '"kind":"opend"'))
  expect(health()).toContainEqual(expect.stringContaining('was changed'))
  const other = log.open()
  other.close()
  writeFileSync(ledger, '')
  expect(health()).toEqual(['history missing: the ledger is empty, and there are records'])
})

it('measures the latest segments only, and misses older ones that are gone', () => {
  const log = newLog()
  const names = Array.from({ length: 28 }, () => {
    const writer = log.open()
    writer.close()
    return segmentPath(log.stateDir, writer.name)
  })
  const [first = '', second = ''] = names
  truncateSync(first, 10)
  truncateSync(names.at(-1) ?? '', 10)
  rmSync(second)
  expect(glanceAtLog(log.stateDir, isGate).health.problems).toEqual([
    expect.stringContaining('it is gone'),
    expect.stringContaining('it has 10'),
  ])
  expect(quickCheck(log.stateDir).problems).toHaveLength(3)
})
