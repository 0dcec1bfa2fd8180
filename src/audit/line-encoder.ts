/**
 * Makes the lines of a segment, as `decodeLine` reads them. What all its lines share is written out once, and a group of records becomes
 * one piece of memory: beside the sync that a group shares, this is what an audited record costs.
 */
import { largestLineBytes, type Entry } from './record.ts'
import type { Redaction, Redactor } from './redact.ts'
import { sha256 } from '../model/sha256.ts'

/** What is the same in every record of a segment. */
export interface Envelope {
  readonly actor: string
  readonly host: string
  readonly traceId: string
  /** Of the caller (W3C trace context), where another id won over it; the header's context keeps it. */
  readonly traceparent?: string
  readonly redaction?: Redaction
}

export interface After {
  /** How many records the segment has. */
  readonly records: number
  /** Hash of the last of them. */
  readonly head: string
}
export interface EncodedLines {
  /** With their newlines. Good until the next call. */
  readonly bytes: Buffer
  /** Hash of the last line. */
  readonly head: string
}

const firstRoomBytes = 4096
/** More is given back after use. */
const mostRoomBytes = 1 << 20
const tailBytes = ',"h":""}\n'.length + 64
/** UTF-8 takes no more for one unit of a string. */
const bytesPerUnit = 3

export class LineEncoder {
  readonly #envelope: Envelope
  readonly #redactor: Redactor
  readonly #now: () => Date
  /** Between the level and the step. */
  readonly #origin: string
  /** Between the actor and the event. */
  readonly #place: string
  #room = Buffer.allocUnsafe(firstRoomBytes)
  #filled = 0
  #atMs = NaN
  #timestamp = ''

  constructor(run: string, envelope: Envelope, redactor: Redactor, now: () => Date) {
    this.#envelope = envelope
    this.#redactor = redactor
    this.#now = now
    const traceId = textOf(envelope.traceId, redactor.clean)
    this.#origin = `","service":"desk","trace_id":${traceId},"run":${JSON.stringify(run)}`
    this.#place = `,"host":${textOf(envelope.host, redactor.clean)},"event":`
  }

  /** Throws RangeError for a record that is too large, TypeError for one that is no JSON; then nothing has happened. */
  encode(entries: readonly Entry[], { records, head }: After): EncodedLines {
    if (this.#room.length > mostRoomBytes) this.#room = Buffer.allocUnsafe(firstRoomBytes)
    this.#filled = 0
    let seq = records
    let prev = head
    for (const entry of entries) prev = this.#add(entry, seq++, prev)
    return { bytes: this.#room.subarray(0, this.#filled), head: prev }
  }

  #add(entry: Entry, seq: number, prev: string): string {
    const timestamp = this.#stamp()
    const body = `{"v":1,"seq":${String(seq)},"timestamp":"${timestamp}","level":"${entry.level ?? 'info'}${this.#origin}${this.#middleOf(entry)},"prev":"${prev}"`
    const h = sha256(body)
    const start = this.#filled
    this.#makeRoom(body.length * bytesPerUnit + tailBytes)
    const end = start + this.#room.write(body, start)
    this.#filled = end + this.#room.write(`,"h":"${h}"}\n`, end, 'latin1')
    if (this.#filled - start > largestLineBytes) {
      const bytes = String(this.#filled - start)
      throw new RangeError(
        `a record of ${bytes} bytes is too large (${entry.event}): store an artefact and record its hash`,
      )
    }
    return h
  }

  /** Most records hold nothing to hide, and telling so of their text is much cheaper than making a clean copy of each. */
  #middleOf(entry: Entry): string {
    const { clean, isClean } = this.#redactor
    try {
      const text = this.#written(entry, (value) => value)
      if (isClean(text)) return text
    } catch (error) {
      // What JSON cannot write, cleaning spells out or refuses.
      if (!(error instanceof TypeError)) throw error
    }
    return this.#written(entry, clean)
  }

  #written({ step, actor, event, data, context, expected, observed, result }: Entry, clean: Redactor['clean']): string {
    return (
      (step === undefined ? '' : `,"step":${textOf(step, clean)}`) +
      `,"actor":${textOf(actor ?? this.#envelope.actor, clean)}${this.#place}${textOf(event, clean)}` +
      (data === undefined ? '' : field(',"data":', clean(data))) +
      (context === undefined ? '' : field(',"context":', clean(context))) +
      (expected === undefined ? '' : field(',"expected":', clean(expected))) +
      (observed === undefined ? '' : field(',"observed":', clean(observed))) +
      (result === undefined ? '' : `,"result":${textOf(result, clean)}`)
    )
  }

  /** Records of one moment share its text. */
  #stamp(): string {
    const now = this.#now()
    if (now.getTime() !== this.#atMs) {
      this.#timestamp = now.toISOString()
      this.#atMs = now.getTime()
    }
    return this.#timestamp
  }

  #makeRoom(bytes: number): void {
    const wanted = this.#filled + bytes
    if (wanted <= this.#room.length) return
    const room = Buffer.allocUnsafe(Math.max(wanted, this.#room.length * 2))
    this.#room.copy(room, 0, 0, this.#filled)
    this.#room = room
  }
}

const textOf = (text: string, clean: Redactor['clean']): string => JSON.stringify(String(clean(text)))

/** Nothing where JSON has no word for the value. */
function field(name: string, value: unknown): string {
  const json: unknown = JSON.stringify(value)
  return typeof json === 'string' ? name + json : ''
}
