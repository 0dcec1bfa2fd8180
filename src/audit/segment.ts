/**
 * Writes segments.
 *
 * S1 A segment has one writer. Its file is created exclusively; creating number k+1 is what takes a run over.
 * S2 The header of k+1 pins how much of k counts. Nothing is ever truncated: a torn tail stays and is named.
 * S3 `append` returns when the record is durable *and* no successor exists. Successors look at k after they have created k+1, so a
 *    record that was acknowledged is never one that a successor has not seen.
 * S4 After a failed write or sync nobody knows what the disk holds, so the writer never writes again.
 */
import { closeSync, constants, existsSync, fstatSync, unlinkSync } from 'node:fs'
import { createFile, ensureDirectory, syncDirectory } from '../disk/directory.ts'
import { disk as realDisk, writeAll, type Disk } from '../disk/write.ts'
import { identifySelf } from '../lock/liveness.ts'
import { AuditUnwritable, Fenced, RunTaken, SegmentBroken, writing } from './failure.ts'
import { appendLedger } from './ledger.ts'
import type { ClosedSummary, OpenedSummary, ParkedSummary, Previous } from './ledger-line.ts'
import { segmentName, segmentPath, segmentsDir } from './layout.ts'
import { LineEncoder, type Envelope } from './line-encoder.ts'
import { firstLink, type Entry, type Ref } from './record.ts'
import { redactorOf, type Redactor } from './redact.ts'
import { readSegment } from './segment-read.ts'

export interface SegmentRequest {
  readonly stateDir: string
  /** From `newId`. */
  readonly run: string
  /** 0, or `nextSegmentNumber` of a run that is taken up again. */
  readonly k: number
  /** The first record. Its `context` is added here: who writes, and what is pinned. */
  readonly header: Omit<Entry, 'context'>
  readonly envelope: Envelope
  /** What lists show of it. */
  readonly summary?: OpenedSummary
  readonly now: () => Date
  readonly disk?: Disk
}

export interface SegmentWriter {
  readonly name: string
  readonly run: string
  readonly k: number
  /** Durable when it returns. Throws AuditUnwritable or Fenced; then nothing more may be done. */
  readonly append: (entry: Entry) => Ref
  /** All of them with one sync. */
  readonly appendAll: (entries: readonly Entry[]) => Ref[]
  /** Before every effect: throws Fenced when the run was taken over. */
  readonly fence: () => void
  /** The run waits; it will be taken up in another segment. */
  readonly park: (summary: ParkedSummary) => void
  /** The run has ended. */
  readonly close: (summary?: ClosedSummary) => void
}

/** Throws RunTaken, AuditUnwritable, or SegmentBroken where the segment before this one was damaged. */
export function openSegment(request: SegmentRequest): SegmentWriter {
  const { stateDir, run, k, header, envelope, now } = request
  const disk = request.disk ?? realDisk
  const name = segmentName(run, k)
  const path = segmentPath(stateDir, name)
  if (k > 0) refuseBroken(stateDir, segmentName(run, k - 1))
  const fd = create(stateDir, path, name)
  const redactor = redactorOf(envelope.redaction ?? { secrets: [], fields: [] })
  try {
    // Only now, when a writer of the segment before can acknowledge nothing more (S3).
    const previous = k > 0 ? refuseBroken(stateDir, segmentName(run, k - 1)) : undefined
    const process = identifySelf()
    const writer = writerOf({ fd, name, run, k, stateDir, envelope, now, disk, redactor })
    const caller = envelope.traceparent === undefined ? {} : { traceparent: envelope.traceparent }
    writer.append({
      ...header,
      context: { process, ...(previous === undefined ? {} : { previous }), ...caller },
    })
    const opened = {
      ...request.summary,
      actor: envelope.actor,
      process,
      ...(previous === undefined ? {} : { previous }),
    }
    appendLedger(stateDir, { kind: 'opened', segment: name, ...opened }, { now, disk, clean: redactor.clean })
    return writer
  } catch (error) {
    if (k === 0) removeEmpty(fd, path)
    closeQuietly(fd)
    throw error
  }
}

/**
 * On a full disk a name may still be made and nothing be written: whoever tries again and again must not fill the directory. A segment
 * that takes a run over stays, because its name is the fence.
 */
function removeEmpty(fd: number, path: string): void {
  try {
    if (fstatSync(fd).size === 0) unlinkSync(path)
  } catch {
    // An empty segment says nothing and does no harm.
  }
}

function refuseBroken(stateDir: string, name: string): Previous {
  const read = writing(segmentPath(stateDir, name), () => readSegment(stateDir, name))
  if (read.problem !== undefined) throw new SegmentBroken(name, read.problem.seq, read.problem.message)
  return { segment: name, records: read.records, bytes: read.bytes, head: read.head, torn: read.torn }
}

function create(stateDir: string, path: string, name: string): number {
  try {
    return writing(path, () => {
      ensureDirectory(segmentsDir(stateDir))
      const fd = createFile(path, constants.O_CREAT | constants.O_EXCL | constants.O_APPEND | constants.O_WRONLY)
      syncDirectory(segmentsDir(stateDir))
      return fd
    })
  } catch (error) {
    if (error instanceof AuditUnwritable && error.errno === 'EEXIST') throw new RunTaken(name)
    throw error
  }
}

interface Open {
  readonly fd: number
  readonly name: string
  readonly run: string
  readonly k: number
  readonly stateDir: string
  readonly envelope: Envelope
  readonly now: () => Date
  readonly disk: Disk
  readonly redactor: Redactor
}

function writerOf(open: Open): SegmentWriter {
  const { fd, name, run, k, stateDir, now, disk, redactor } = open
  const path = segmentPath(stateDir, name)
  const successor = segmentPath(stateDir, segmentName(run, k + 1))
  const encoder = new LineEncoder(run, open.envelope, redactor, now)
  let extent = { records: 0, bytes: 0, head: firstLink(name), torn: 0 }
  let stopped: Error | undefined

  const fence = (): void => {
    if (existsSync(successor)) stopped ??= new Fenced(name)
    if (stopped !== undefined) throw stopped
  }
  const appendAll = (entries: readonly Entry[]): Ref[] => {
    if (stopped !== undefined) throw stopped
    const { bytes, head } = encoder.encode(entries, extent)
    try {
      writing(path, () => {
        writeAll(disk, fd, bytes)
        disk.sync(fd)
      })
    } catch (error) {
      stopped = error instanceof Error ? error : new Error(String(error))
      throw error
    }
    const first = extent.records
    extent = { records: first + entries.length, bytes: extent.bytes + bytes.length, head, torn: 0 }
    fence()
    return entries.map((_, i) => ({ segment: name, seq: first + i }))
  }
  const append = (entry: Entry): Ref => {
    appendAll([entry])
    return { segment: name, seq: extent.records - 1 }
  }
  const end = (line: ({ kind: 'parked' } & ParkedSummary) | ({ kind: 'closed' } & ClosedSummary)): void => {
    fence()
    stopped = new Error(`${name} was ended before`)
    closeQuietly(fd)
    appendLedger(stateDir, { segment: name, ...extent, ...line }, { now, disk, clean: redactor.clean })
  }
  return {
    ...{ name, run, k, append, appendAll, fence },
    park: (summary) => {
      end({ kind: 'parked', ...summary })
    },
    close: (summary = {}) => {
      end({ kind: 'closed', ...summary })
    },
  }
}

function closeQuietly(fd: number): void {
  try {
    closeSync(fd)
  } catch {
    // Everything that counts was synced; a descriptor that cannot be closed goes with the process.
  }
}
