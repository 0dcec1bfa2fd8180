/** A small log as desk writes it, the same on every machine: a real one, of which only the writing process is replaced. */
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCheckpoint } from '../../src/audit/checkpoint.ts'
import { newId } from '../../src/audit/id.ts'
import { encodeLedgerLine } from '../../src/audit/ledger.ts'
import { readLedger } from '../../src/audit/ledger-read.ts'
import { ledgerDir, segmentName, segmentsDir } from '../../src/audit/layout.ts'
import { formatVerifierKey } from '../../src/audit/note.ts'
import { firstLink, type AuditRecord } from '../../src/audit/record.ts'
import { openSegment } from '../../src/audit/segment.ts'
import { readSegment } from '../../src/audit/segment-read.ts'
import { entryOf } from '../../src/walk/journal-entry.ts'
import { lineOf } from '../audit/plain-line.ts'
import { Clock, steadyRandom, temporaryDir } from '../support/state.ts'

export interface ExampleLog {
  readonly segment: string
  readonly ledger: string
  readonly note: string
  readonly key: string
}

const process = { pid: 4711, start: '815000', boot: '5f3c8f0e-7d4b-4f6e-9a54-0c7a1e6d2b91', namespace: '4026531836' }
const start = '2026-11-20T21:05:00.000Z'
const random = steadyRandom()
export const exampleRun = newId('run', () => new Date(start), random)
const name = segmentName(exampleRun, 0)
export const exampleFiles = { segment: `segments/${name}`, ledger: 'ledger/2026-11.ndjson', note: 'checkpoints/a.note' }

export function exampleLog(): ExampleLog {
  const written = writeLog()
  const { lines, head, bytes } = withProcess(readSegment(written, name).entries)
  const dir = temporaryDir()
  mkdirSync(segmentsDir(dir), { recursive: true })
  mkdirSync(ledgerDir(dir))
  writeFileSync(join(segmentsDir(dir), name), lines)
  const ledger = readLedger(written).lines.map(({ value }) => {
    const line = value.kind === 'opened' ? { ...value, process } : { ...value, bytes, head }
    return encodeLedgerLine({ ...line, h: undefined })
  })
  writeFileSync(join(dir, 'audit', exampleFiles.ledger), ledger.map((line) => `\n${line}\n`).join(''))
  const signer = { name: 'desk/paper', key: exampleKey() }
  const now = () => new Date('2026-11-20T21:06:00.000Z')
  const { note } = makeCheckpoint(dir, signer, newId('note', now, random), now)
  const key = formatVerifierKey({ name: signer.name, key: createPublicKey(pemOf(signer.key)) })
  const text = readFileSync(join(dir, 'audit', exampleFiles.ledger), 'utf8')
    .replaceAll('\n\n', '\n')
    .trimStart()
  return { segment: lines, ledger: text, note, key: `${key}\n` }
}

/** By the real writer, in a state directory of its own. */
function writeLog(): string {
  const dir = temporaryDir()
  const clock = new Clock(start)
  const time = () => clock.now().toISOString()
  const by = { id: 'oncall', via: 'paper' } as const
  const at = { path: 'runbook/reconciliation#proof', visit: 1 }
  const writer = openSegment({
    stateDir: dir,
    run: exampleRun,
    k: 0,
    header: entryOf({
      ...{ kind: 'opened', schema: 1, pinned: { root: 'runbook/reconciliation', documents: [] }, inputs: {}, by },
      ...{ epoch: 'none', locks: [], time: time(), title: 'Reconcile positions to broker truth' },
    }),
    envelope: { actor: by.id, host: 'desk-1', traceId: 'close-2026-11-20' },
    summary: { graph: 'runbook/reconciliation', title: 'Reconcile positions to broker truth' },
    now: clock.now,
  })
  clock.forward(2000)
  const evidence = { source: 'reconciliation', asOf: time(), expected: 'size(result.differences) == 0' }
  writer.append(
    entryOf({
      kind: 'sample',
      at,
      time: time(),
      verdict: 'ok',
      evidence: { ...evidence, observed: { differences: [] } },
    }),
  )
  clock.forward(1000)
  writer.append(entryOf({ kind: 'closed', time: time(), outcome: 'ok' }))
  writer.close({ outcome: 'ok' })
  return dir
}

/** The same records by another process, chained anew. */
function withProcess(entries: readonly AuditRecord[]): { lines: string; head: string; bytes: number } {
  let head = firstLink(name)
  let lines = ''
  for (const { h: _h, ...entry } of entries) {
    const context = entry.context === undefined ? {} : { context: { process } }
    const line = lineOf({ ...entry, ...context, prev: head })
    head = line.h
    lines += line.bytes.toString('utf8')
  }
  return { lines, head, bytes: Buffer.byteLength(lines) }
}

/** No secret: made from a text that stands here. */
function exampleKey(): ReturnType<typeof createPrivateKey> {
  const seed = createHash('sha256').update('an example').digest()
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}
const pemOf = (key: ReturnType<typeof createPrivateKey>): string =>
  key.export({ format: 'pem', type: 'pkcs8' }).toString()
