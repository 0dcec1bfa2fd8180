/**
 * What a crash can leave of a segment and of the ledger, in memory: of everything that was written since the last sync any part may be
 * missing, cut at any byte, or be zeros in whole sectors. Whatever was acknowledged must still be read, and nothing may look tampered with.
 */
import { ledgerOf } from '../../src/audit/ledger-read.ts'
import { encodeLedgerLine } from '../../src/audit/ledger.ts'
import { newId } from '../../src/audit/id.ts'
import { segmentName } from '../../src/audit/layout.ts'
import { firstLink } from '../../src/audit/record.ts'
import { readSegmentBytes } from '../../src/audit/segment-read.ts'
import { lineOf } from './plain-line.ts'

export interface Crashed {
  states: number
  /** Records or lines that had been acknowledged and are not read any more. */
  lost: number
  /** States that look as if somebody had changed something. */
  readonly suspected: string[]
}

const none = Buffer.alloc(0)
const sectorBytes = 128

/** At least so many states of segments. The same every time. */
export function crashSegments(states: number): Crashed {
  const crashed: Crashed = { states: 0, lost: 0, suspected: [] }
  for (let seed = 1; crashed.states < states; seed++) {
    const segment = writeSegment(seed)
    let durable = none
    let acknowledged = 0
    for (const group of segment.groups) {
      for (const left of remains(Buffer.concat(group), seed)) {
        crashed.states++
        const read = readSegmentBytes(segment.name, Buffer.concat([durable, left]))
        const isKept = read.records >= acknowledged && read.head === segment.heads[read.records]
        if (!isKept) crashed.lost += Math.max(1, acknowledged - read.records)
        if (read.problem !== undefined || read.bytes + read.torn !== durable.length + left.length)
          crashed.suspected.push(
            `segment of seed ${String(seed)}, ${String(durable.length)} + ${left.toString('base64')}`,
          )
      }
      durable = Buffer.concat([durable, ...group])
      acknowledged += group.length
    }
  }
  return crashed
}

/** At least so many states of the ledger; some have lines that others wrote behind the torn one afterwards. */
export function crashLedger(states: number): Crashed {
  const crashed: Crashed = { states: 0, lost: 0, suspected: [] }
  for (let seed = 1; crashed.states < states; seed++) {
    const random = randomOf(seed)
    const lines = Array.from({ length: 4 + (random() % 3) }, (_, n) => ledgerLine(seed, n, random))
    for (const [n, line] of lines.entries()) {
      const before = lines.slice(0, n)
      const after = n % 2 === 0 ? [] : [ledgerLine(seed, 90 + n, random)]
      for (const left of remains(Buffer.from(`\n${line}\n`), seed + n)) {
        crashed.states++
        const content = Buffer.concat([bytesOf(before), left, bytesOf(after)]).toString('utf8')
        const read = ledgerOf([{ file: '2026-11.ndjson', texts: content.split('\n') }])
        const texts = new Set(read.lines.map(({ text }) => text))
        crashed.lost += [...before, ...after].filter((text) => !texts.has(text)).length
        if (read.torn.some(({ cut }) => !cut)) crashed.suspected.push(`ledger of seed ${String(seed)}: ${content}`)
        if (read.lines.some(({ text }) => ![...before, line, ...after].includes(text)))
          crashed.suspected.push(`ledger of seed ${String(seed)} has a line that nobody wrote: ${content}`)
      }
    }
  }
  return crashed
}

/** What may be left of bytes that were written and not synced: nothing, a beginning, and either with zeros for what is missing. */
function* remains(bytes: Buffer, seed: number): Generator<Buffer> {
  for (let cut = 0; cut <= bytes.length; cut++) {
    yield bytes.subarray(0, cut)
    if (cut < bytes.length) yield Buffer.concat([bytes.subarray(0, cut), Buffer.alloc(bytes.length - cut)])
  }
  for (const zeros of [1, 511, 4096]) yield Buffer.concat([bytes, Buffer.alloc(zeros)])
  // Sectors reach the disk in any order; where they begin depends on what lies before.
  const offset = seed % sectorBytes
  const sectors = Math.ceil((bytes.length + offset) / sectorBytes)
  const all = 2 ** Math.min(sectors, 8)
  for (let set = 0; set < all - 1; set++) {
    const left = Buffer.from(bytes)
    for (let n = 0; n < sectors; n++)
      if ((set & (1 << (n % 8))) === 0)
        left.subarray(Math.max(0, n * sectorBytes - offset), (n + 1) * sectorBytes - offset).fill(0)
    yield left
  }
}

function writeSegment(seed: number): {
  readonly name: string
  readonly groups: readonly (readonly Buffer[])[]
  /** By the number of records. */
  readonly heads: readonly string[]
} {
  const random = randomOf(seed)
  const run = newId(
    'run',
    () => new Date(0),
    (n) => new Uint8Array(n).fill(seed % 256),
  )
  const name = segmentName(run, 0)
  const heads = [firstLink(name)]
  const groups = Array.from({ length: 2 + (random() % 3) }, () =>
    Array.from({ length: 1 + (random() % 3) }, () => {
      const { bytes, h } = lineOf({
        ...{ v: 1, seq: heads.length - 1, timestamp: new Date(seed * 1000).toISOString(), level: 'info' },
        ...{ service: 'desk', trace_id: 't', run, actor: 'oncall', host: 'h', event: 'sample' },
        ...{ data: dataOf(random), prev: heads.at(-1) ?? '' },
      })
      heads.push(h)
      return bytes
    }),
  )
  return { name, groups, heads }
}

function ledgerLine(seed: number, n: number, random: () => number): string {
  const at = new Date(seed * 1_000_000 + n * 1000).toISOString()
  return encodeLedgerLine({ at, kind: 'checkpoint', id: `${String(n)}-${JSON.stringify(dataOf(random))}` })
}

const texts = ['x', '\u00e9', '\u2028', '\u0000', '\n', '"h":"', '\\', '\u{1f4a5}', '0'.repeat(64)]
const dataOf = (random: () => number): string =>
  Array.from({ length: random() % 12 }, () => texts[random() % texts.length] ?? '').join('')

const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `\n${line}\n`).join(''))

/** Numbers from 0 to 2^31, the same for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return state >>> 8
  }
}
