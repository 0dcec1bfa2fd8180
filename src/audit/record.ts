/** The record: one line of a segment, chained by hash over the exact bytes of the line. */
import { sha256 } from '../model/sha256.ts'

export const levels = ['info', 'warn', 'error', 'alarm'] as const
export type Level = (typeof levels)[number]

/** What a caller puts on record. A journal record is `{event: record.kind, data: record}`. */
export interface Entry {
  readonly event: string
  readonly level?: Level
  readonly step?: string
  /** Who acted, where it is not the one who started the segment. */
  readonly actor?: string
  readonly data?: unknown
  readonly context?: unknown
  readonly expected?: unknown
  readonly observed?: unknown
  readonly result?: string
}

export interface AuditRecord {
  readonly v: 1
  /** Counts from 0 within the segment. */
  readonly seq: number
  /** RFC 3339, UTC. */
  readonly timestamp: string
  readonly level: Level
  readonly service: 'desk'
  readonly trace_id: string
  readonly run: string
  readonly step?: string
  readonly actor: string
  readonly host: string
  readonly event: string
  readonly data?: unknown
  readonly context?: unknown
  readonly expected?: unknown
  readonly observed?: unknown
  readonly result?: string
  /** `h` of the record before; of the first record the hash of the segment's name. */
  readonly prev: string
  /** SHA-256, in hex, over the line up to the comma before `"h"`. */
  readonly h: string
}

/** Names one record of the log. */
export interface Ref {
  readonly segment: string
  readonly seq: number
}

/** Larger evidence belongs into an artefact, of which the record holds the hash. */
export const largestLineBytes = 4 * 1024 * 1024

/** What the first record of a segment names as its predecessor: a record cannot move to another segment. */
export const firstLink = (segment: string): string => sha256(segment)

const tail = /^,"h":"([0-9a-f]{64})"\}$/
const tailBytes = ',"h":""}'.length + 64

/** Reads a line without its newline; a string tells what is wrong with it. */
export function decodeLine(
  line: Buffer,
  expected: { readonly seq: number; readonly prev: string; readonly run: string },
): AuditRecord | string {
  const h = tail.exec(line.subarray(-tailBytes).toString('latin1'))?.[1]
  if (h === undefined) return 'the line does not end with its hash'
  if (sha256(line.subarray(0, -tailBytes)) !== h) return 'the line differs from its hash'
  let value: unknown
  try {
    value = JSON.parse(line.toString('utf8'))
  } catch {
    return 'the line is not JSON'
  }
  if (!isRecord(value)) return 'the line is not a record'
  if (value.prev !== expected.prev) return 'the line does not follow the one before it'
  if (value.seq !== expected.seq) return `the record has number ${String(value.seq)}`
  return value.run === expected.run ? value : `the record belongs to ${value.run}`
}

function isRecord(value: unknown): value is AuditRecord {
  if (typeof value !== 'object' || value === null) return false
  const has = (name: string, type: string): boolean => typeof Reflect.get(value, name) === type
  const may = (name: string): boolean => !(name in value) || has(name, 'string')
  return (
    Reflect.get(value, 'v') === 1 &&
    has('seq', 'number') &&
    ['timestamp', 'level', 'service', 'trace_id', 'run', 'actor', 'host', 'event', 'prev', 'h'].every((name) =>
      has(name, 'string'),
    ) &&
    may('step') &&
    may('result')
  )
}
