/** Every cadence, walked as the command walks it, on a paper desk of which one method lies. Guard, walker, verdict, exit code and log. */
import { afterAll, describe, expect, test, vi } from 'vitest'
import { isRecord } from '../../../src/adapters/wellformed.ts'
import { readRun } from '../../../src/audit/segment-read.ts'
import { listRuns } from '../../../src/audit/runs.ts'
import type * as PaperModule from '../../../src/adapters/paper/adapter.ts'
import type { Adapter, Reading } from '../../../src/ports/adapter.ts'
import { journalOf } from '../../../src/walk/journal-entry.ts'
import { Desks, type Occasion, occasions, type Walked } from '../../support/occasions.ts'
import { type Honest, liesAbout } from './lies.ts'

/** Which method lies, and how; undefined: none does. */
let lie: { readonly method: string; readonly tell: (honest: Honest) => Reading } | undefined
const asked = new Set<string>()

vi.mock('../../../src/adapters/paper/adapter.ts', async (original) => {
  const module = await original<typeof PaperModule>()
  const lying = (inner: Adapter): Adapter => ({
    ...inner,
    read: async (call) => {
      const reading = await inner.read(call)
      asked.add(`${call.port}.${call.method}`)
      if (lie?.method !== `${call.port}.${call.method}` || reading.kind === 'failure') return reading
      return lie.tell(reading)
    },
  })
  return {
    ...module,
    paperAdapter: (options: Parameters<typeof module.paperAdapter>[0]) => lying(module.paperAdapter(options)),
  }
})

/** In turn, so that each is told to many gates. */
const kinds: readonly (readonly [string, (honest: Honest) => Reading])[] = [
  ['is stale', (honest) => ({ ...honest, asOf: new Date(Date.parse(honest.asOf) - 120_000).toISOString() })],
  ['is only some pages', (honest) => ({ ...honest, complete: false })],
  ['is of tomorrow', (honest) => ({ ...honest, asOf: new Date(Date.parse(honest.asOf) + 86_400_000).toISOString() })],
  ['has no value', (honest) => ({ ...honest, value: {} })],
  ['holds NaN', notANumber],
]

/** The first number there is; without one, a field that nobody knows. */
function notANumber(honest: Honest): Reading {
  const lied = liesAbout(honest).find(({ name }) => name.endsWith('is NaN'))?.reading
  return { ...honest, value: isRecord(lied) ? lied['value'] : { unknown: Number.NaN } }
}

/** Asked on the way to what a gate reads, and without weight where nothing is wrong. */
const aside: Readonly<Record<string, string>> = {
  'data.fetchCorporateActions': 'explains differences of a reconciliation, and there is none',
  'tickets.find': 'counts open incidents, which only the gate about blocks asks for',
}

const desks = new Desks()
afterAll(() => {
  desks.remove()
})

describe.each(occasions)('$name', (occasion) => {
  test('passes on what is honestly read, and on no lie about it', async () => {
    lie = undefined
    await desks.at(occasion)
    asked.clear()
    const honest = await desks.walk(occasion)
    expect(honest).toMatchObject({ exit: 0, statuses: all(occasion, 'pass') })
    const methods = [...asked].sort()
    for (const [index, method] of methods.entries()) {
      const [how, tell] = kinds[(index + occasions.indexOf(occasion)) % kinds.length] ?? ['', notANumber]
      lie = { method, tell }
      const walked = await desks.walk(occasion)
      const what = `${method} ${how}`
      const doubtful = Object.entries(walked.statuses).filter(([, status]) => status !== 'pass')
      if (Object.hasOwn(aside, method) && doubtful.length === 0) continue
      expect(doubtful.length, what).toBeGreaterThan(0)
      expect(new Set(doubtful.map(([, status]) => status)), what).toEqual(new Set(['undetermined']))
      expect(walked.exit, what).toBe(2)
      expect(onRecord(walked), what).toEqual(doubtful.map(([id]) => id).sort())
    }
    expect(methods.length).toBeGreaterThan(0)
  })
})

const all = ({ due }: Occasion, status: string) => Object.fromEntries(due.map((id) => [id, status]))

/** Gates of which the log says that they cannot be told; with what was read and why that says nothing. */
function onRecord({ stateDir }: Walked): readonly string[] {
  const run = listRuns(stateDir).at(-1)?.run ?? ''
  const records = journalOf(readRun(stateDir, run)).map(({ record }) => record)
  const reasons = records.flatMap((record) =>
    record.kind === 'sample' && record.verdict === 'undetermined' ? [record.evidence.reason ?? ''] : [],
  )
  expect(reasons.length).toBeGreaterThan(0)
  expect(reasons).not.toContain('')
  return records
    .flatMap((record) =>
      record.kind === 'outcome' && record.outcome === 'undetermined' ? [record.at.path.replace(/^.*#/, '')] : [],
    )
    .filter((id) => !/[.@]/.test(id))
    .sort()
}
