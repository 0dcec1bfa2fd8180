/** A run's segments as its journal. */
import type { SegmentWriter } from '../audit/segment.ts'
import { openSegment } from '../audit/segment.ts'
import { putArtefact } from '../audit/artefact.ts'
import { recordEvidence } from '../audit/evidence.ts'
import { newId } from '../audit/id.ts'
import type { Graph } from '../model/graph.ts'
import type { JournalRecord, Person } from '../model/journal.ts'
import type { Desk } from './desk.ts'
import { entryOf } from './journal-entry.ts'
import { exclusively } from './resources.ts'
import type { Journal } from './ports.ts'

export interface JournalRequest {
  readonly desk: Desk
  readonly run: string
  readonly k: number
  /** `opened` or `continued`. */
  readonly header: JournalRecord
  readonly by: Person
  readonly graph: Pick<Graph, 'id'>
  readonly title: string
  readonly locks: readonly string[]
}

/** Creates the segment, which takes the run over from whoever had it. Throws AuditUnwritable or RunTaken. */
export function openJournal(request: JournalRequest): Journal {
  const { desk, run, by, graph, title } = request
  const { stateDir, now } = desk
  let k = request.k
  let held = request.locks
  const open = (header: JournalRecord): SegmentWriter =>
    openSegment({
      stateDir,
      run,
      k,
      header: entryOf(header),
      envelope: { ...desk.envelope, actor: by.id },
      summary: { graph: graph.id, title, locks: held },
      now,
    })
  let writer = open(request.header)
  return {
    append: (records) => writer.appendAll(records.map(entryOf)),
    fence: () => {
      writer.fence()
    },
    publish: ({ event, status, title: observed }) => {
      recordEvidence(stateDir, writer, { event, status, observed }, now)
    },
    keep: (text) => putArtefact(stateDir, Buffer.from(text), newId('note', now, desk.random)),
    lock: (resources, callee) => {
      const wanted = resources.filter((resource) => !held.includes(resource))
      if (wanted.length === 0) return { kind: 'taken', record: undefined }
      return exclusively(desk, { run, by, resources: wanted, category: callee.category }, () => {
        // The ledger tells what a run holds by its latest `opened` line, so the run takes itself over.
        held = [...held, ...wanted]
        const record = { kind: 'continued', by, epoch: desk.epoch(), time: now().toISOString(), locks: held } as const
        writer.park({ needs: [] })
        k++
        writer = open(record)
        return { kind: 'taken', record, ref: { segment: writer.name, seq: 0 } }
      })
    },
    park: (needs, resumeAt) => {
      writer.park({ needs, ...(resumeAt === undefined ? {} : { resumeAt }) })
    },
    close: (outcome, reason, unsettled) => {
      writer.close({
        outcome,
        ...(reason === undefined ? {} : { reason }),
        ...(unsettled === undefined ? {} : { unsettled }),
      })
    },
  }
}
