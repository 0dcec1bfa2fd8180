/**
 * Takes samples, and puts on record what counts: the first, every change, the last, and in between one that stands for many. A crash
 * loses at most the samples since the last record; a hold then finds a gap and begins anew.
 */
import type { JournalRecord } from '../model/journal.ts'
import type { Command } from './command.ts'
import { judge, type Judged } from './judge.ts'
import { methodName } from './admission.ts'
import type { Ports } from './ports.ts'
import { read } from './reading.ts'

const mostSamplesPerRecord = 20
const longestUnrecordedMs = 60_000
/** Beyond this, evidence lies beside the log under its hash. */
const largestEvidenceBytes = 64 * 1024

type Sampling = Extract<Command, { readonly kind: 'sample' }>
type Sample = Extract<JournalRecord, { readonly kind: 'sample' }>

/** Samples in a row with the same verdict, none too far apart. */
interface Row {
  readonly sinceMs: number
  readonly lastMs: number
  readonly samples: number
  readonly judged: Judged
}

/** `before` is the verdict that is on record. Empty: interrupted before there was anything to record. */
export async function takeSamples(
  command: Sampling,
  before: string | undefined,
  ports: Ports,
): Promise<readonly Sample[]> {
  const { repeat } = command
  let row: Row | undefined
  for (let dueMs = command.notBeforeMs; ;) {
    const judged = await measure(command, dueMs, ports)
    const soFar = row === undefined ? [] : [toRecord(command, row, ports)]
    if (judged === undefined) return soFar
    const nowMs = ports.clock.now().getTime()
    const single: Row = { sinceMs: nowMs, lastMs: nowMs, samples: 1, judged }
    const isTorn = row !== undefined && nowMs - row.lastMs > (repeat?.maxGapMs ?? Infinity)
    if (row !== undefined && (isTorn || row.judged.verdict !== judged.verdict)) {
      return [...soFar, toRecord(command, single, ports)]
    }
    row = row === undefined ? single : { ...row, lastMs: nowMs, samples: row.samples + 1, judged }
    if (
      repeat === undefined ||
      before !== judged.verdict ||
      nowMs >= repeat.untilMs ||
      row.samples >= mostSamplesPerRecord ||
      nowMs - row.sinceMs + repeat.everyMs > longestUnrecordedMs
    ) {
      return [toRecord(command, row, ports)]
    }
    dueMs = Math.min(nowMs + repeat.everyMs, repeat.untilMs)
  }
}

/** Undefined: interrupted. An answer that came because of the interruption says nothing. */
async function measure(command: Sampling, dueMs: number, ports: Ports): Promise<Judged | undefined> {
  const { at, for: what, invocation, args, env } = command
  await sleepUntil(dueMs, at, ports)
  if (ports.interrupted.aborted) return undefined
  ports.observe({ kind: 'reading', at, node: what.node, method: methodName(invocation.method), args })
  const reading = await read(ports, invocation, args)
  if (reading.kind === 'failure' && isAborted(ports)) return undefined
  const judged = judge(what, reading, env, ports.clock.now())
  ports.observe({ kind: 'sampled', at, node: what.node, verdict: judged.verdict, evidence: judged.evidence })
  return judged
}

const isAborted = (ports: Ports): boolean => ports.interrupted.aborted

export async function sleepUntil(dueMs: number, at: Sampling['at'], ports: Ports): Promise<void> {
  const { clock, interrupted } = ports
  if (clock.now().getTime() < dueMs) ports.observe({ kind: 'sleeping', at, untilMs: dueMs })
  for (let restMs = dueMs - clock.now().getTime(); restMs > 0 && !interrupted.aborted;) {
    await clock.sleep(restMs, interrupted)
    restMs = dueMs - clock.now().getTime()
  }
}

function toRecord({ at }: Sampling, row: Row, ports: Ports): Sample {
  const { verdict, evidence, saved, answer } = row.judged
  return {
    kind: 'sample',
    at,
    time: new Date(row.lastMs).toISOString(),
    verdict,
    evidence: { ...evidence, observed: bounded(evidence.observed, ports) },
    ...(saved === undefined ? {} : { saved }),
    ...(answer === undefined ? {} : { answer }),
    ...(row.samples === 1 ? {} : { samples: row.samples, since: new Date(row.sinceMs).toISOString() }),
  }
}

export function bounded(observed: unknown, ports: Pick<Ports, 'journal'>): unknown {
  const text = JSON.stringify(observed ?? null)
  return text.length <= largestEvidenceBytes
    ? observed
    : { artefact: ports.journal.keep(text), characters: text.length }
}
