/**
 * Checkpoints (C2SP tlog-checkpoint): the size and root of the ledger, signed. Extension lines tell when, and how far each open segment
 * had come, because the ledger commits to a segment only when it ends. A copy off the host is what nobody here can rewrite.
 */
import { existsSync, readdirSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { publishFile } from '../disk/publish.ts'
import { disk } from '../disk/write.ts'
import { isErrno, writing } from './failure.ts'
import { checkpointsDir, parseSegmentName, segmentPath } from './layout.ts'
import { appendLedger } from './ledger.ts'
import { readLedger, type Ledger, type LedgerEntry } from './ledger-read.ts'
import { signNote, type SignerKey } from './note.ts'
import { readSegment } from './segment-read.ts'
import { Tree } from './tree.ts'

export interface OpenHead {
  readonly segment: string
  readonly records: number
  readonly bytes: number
  readonly head: string
}
export interface Checkpoint {
  readonly origin: string
  /** Lines of the ledger, from the first ever. */
  readonly size: number
  /** base64. */
  readonly root: string
  /** RFC 3339. */
  readonly time: string
  readonly open: readonly OpenHead[]
}

/** In a new month a writer that was about to append to the old file may be late by moments. Until then that month is not signed. */
const settlingMs = 60_000

/** Signs everything recorded so far, keeps the note, and answers it, so that it can be copied elsewhere. Throws AuditUnwritable. */
export function makeCheckpoint(
  stateDir: string,
  signer: SignerKey,
  id: string,
  now: () => Date,
): { readonly note: string; readonly path: string; readonly size: number } {
  // The line is synced together with all lines before it: what is signed cannot be lost to a power cut.
  appendLedger(stateDir, { kind: 'checkpoint', id }, { now })
  const ledger = readLedger(stateDir)
  const moment = now()
  const tree = treeOf(settled(ledger.lines, id, moment))
  const heads = openHeads(stateDir, ledger).map(
    (o) => `open ${o.segment} ${String(o.records)} ${String(o.bytes)} ${o.head}\n`,
  )
  const text = `${signer.name}\n${String(tree.size)}\n${tree.root()}\ntime ${moment.toISOString()}\n${heads.join('')}`
  const note = signNote(text, signer)
  const path = `${checkpointsDir(stateDir)}/${String(tree.size).padStart(12, '0')}-${id}.note`
  writing(path, () => {
    publishFile(path, Buffer.from(note), id, disk)
  })
  return { note, path, size: tree.size }
}

export interface StoredNote {
  /** File name. */
  readonly name: string
  readonly note: string
}

/** The notes kept beside the log, oldest first. */
export function listCheckpoints(stateDir: string): StoredNote[] {
  const dir = checkpointsDir(stateDir)
  try {
    const names = readdirSync(dir).filter((name) => name.endsWith('.note') && !name.startsWith('.'))
    return names.sort().map((name) => ({ name, note: readRegularFile(`${dir}/${name}`).toString() }))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  }
}

/** Undefined for a text that is no checkpoint of ours. */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin, size, root, time, ...rest] = text.split('\n')
  if (
    origin === undefined ||
    root === undefined ||
    !/^(?:0|[1-9]\d{0,14})$/.test(size ?? '') ||
    time?.startsWith('time ') !== true
  )
    return undefined
  const open: OpenHead[] = []
  for (const line of rest) {
    const match = /^open (\S+) (\d+) (\d+) ([0-9a-f]{64})$/.exec(line)
    const [segment, head] = [match?.[1], match?.[4]]
    if (segment !== undefined && head !== undefined)
      open.push({ segment, head, records: Number(match?.[2]), bytes: Number(match?.[3]) })
  }
  return { origin, size: Number(size), root, time: time.slice('time '.length), open }
}

/** The tree over everything ever: where old lines are gone, `pruned` lines stand for them. */
export function treeOf(lines: readonly LedgerEntry[]): Tree {
  const tree = new Tree()
  for (const { value, text } of lines) {
    if (value.kind === 'pruned') tree.addRange(value.before)
    else tree.add(text)
  }
  return tree
}

function settled(lines: readonly LedgerEntry[], id: string, now: Date): readonly LedgerEntry[] {
  const own = lines.findIndex(({ value }) => value.kind === 'checkpoint' && value.id === id)
  const synced = lines.slice(0, own + 1)
  const newest = synced.at(-1)?.file
  const first = synced.find(({ file }) => file === newest)
  const older = synced.filter(({ file }) => file !== newest)
  const isYoung = first !== undefined && Math.abs(now.getTime() - Date.parse(first.value.at)) < settlingMs
  return isYoung && older.some(({ value }) => value.kind !== 'pruned') ? older : synced
}

function openHeads(stateDir: string, ledger: Ledger): OpenHead[] {
  const open = new Set<string>()
  for (const { value } of ledger.lines) {
    if (value.kind === 'opened') {
      open.add(value.segment)
      if (value.previous !== undefined) open.delete(value.previous.segment)
    } else if (
      value.kind === 'closed' ||
      value.kind === 'parked' ||
      value.kind === 'sealed' ||
      value.kind === 'expired'
    )
      open.delete(value.segment)
  }
  return [...open]
    .filter((segment) => parseSegmentName(segment) !== undefined && existsSync(segmentPath(stateDir, segment)))
    .map((segment) => {
      const { records, bytes, head } = readSegment(stateDir, segment)
      return { segment, records, bytes, head }
    })
}
