/** What is through is not looked at again at every decision; nothing may hang on that. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JournalRecord, Place } from '../../src/model/journal.ts'
import { fold, startFold } from '../../src/walk/fold.ts'
import { next } from '../../src/walk/next.ts'
import { action, block, call, graph, person } from './support.ts'

const ids = ['a', 'b', 'c', 'd'] as const
const long = graph('runbook/long', 'all', [
  block('all', ids),
  ...ids.map((id) => action({ id, do: call(id, { effect: 'once' }) })),
])
const moment = '2026-11-20T14:00:00.000Z'
const world = {
  graphs: new Map([[long.id, long]]),
  run: { id: 'run-1', config: {}, closedSession: () => '2026-11-19' },
  root: long.id,
  nowMs: Date.parse(moment),
  paper: true,
  dueMs: () => 0,
  nextMs: () => 0,
  windowEndMs: () => 0,
}

type What = 'ok' | 'failed' | 'superseded' | 'waived'
interface Happening {
  readonly id: (typeof ids)[number]
  readonly what: What
}

function recordOf(what: What, at: Place): JournalRecord {
  const base = { at, time: moment, by: person('risk') } as const
  if (what === 'superseded') return { ...base, kind: what }
  return what === 'waived' ? { ...base, kind: what, reason: 'known' } : { ...base, kind: 'outcome', outcome: what }
}

/** Records as a walk would write them: at the visit in which the place is. */
function* recordsOf(happenings: readonly Happening[]): Generator<JournalRecord> {
  const folding = startFold()
  for (const { id, what } of happenings) {
    const path = `runbook/long#${id}`
    const record = recordOf(what, { path, visit: folding.state.entries.get(path)?.visit ?? 1 })
    folding.apply(record)
    yield record
  }
}

describe('a state that grows', () => {
  it('leads to the same decisions as one that is made of all records at once', () => {
    let backwards = 0
    const happening = fc.record<Happening>({
      id: fc.constantFrom(...ids),
      what: fc.constantFrom<What>('ok', 'ok', 'ok', 'failed', 'superseded', 'waived'),
    })
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 12 }), (happenings) => {
        const folding = startFold()
        const so: JournalRecord[] = []
        for (const record of recordsOf(happenings)) {
          folding.apply(record)
          so.push(record)
          expect(next(world, folding.state)).toEqual(next(world, fold(so)))
          if (record.kind === 'superseded') backwards++
        }
      }),
      { numRuns: 400 },
    )
    expect(backwards).toBeGreaterThan(20)
  })

  it('goes back to a step that is opened again', () => {
    const folding = startFold()
    const acts = (): unknown => {
      const step = next(world, folding.state)
      return step.kind === 'go' ? step.commands.map((c) => (c.kind === 'act' ? c.at : c.kind)) : step.outcome
    }
    for (const record of recordsOf([{ id: 'a', what: 'ok' }, { id: 'b', what: 'ok' }])) folding.apply(record) // prettier-ignore
    expect(acts()).toEqual([{ path: 'runbook/long#c', visit: 1 }])
    const at = { path: 'runbook/long#a', visit: 1 }
    folding.apply({ kind: 'superseded', at, time: moment, by: person('risk') })
    expect(acts()).toEqual([{ path: 'runbook/long#a', visit: 2 }])
  })
})
