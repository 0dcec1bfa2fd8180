/** The records of a segment one by one, in constant memory: for what goes through a whole log. */
import { closeSync, readSync } from 'node:fs'
import { openRegularFile } from '../disk/read.ts'
import { parseSegmentName, segmentPath } from './layout.ts'
import { decodeLine, firstLink, largestLineBytes, type AuditRecord } from './record.ts'
import type { SegmentProblem } from './segment-read.ts'

const newline = 10
const blockBytes = 1 << 18

export interface SegmentLine {
  readonly record: AuditRecord
  /** As it stands in the file. */
  readonly text: string
}

/**
 * Every record whose chain holds, of the first `bytes` of the file. Answers what is wrong with the line after the last one; a torn tail is
 * nothing wrong. Throws the system's error.
 */
export function* linesOf(
  stateDir: string,
  segment: string,
  bytes = Infinity,
): Generator<SegmentLine, SegmentProblem | undefined> {
  const run = parseSegmentName(segment)?.run ?? ''
  const expected = { seq: 0, prev: firstLink(segment), run }
  for (const line of wholeLines(segmentPath(stateDir, segment), bytes)) {
    const record = decodeLine(line, expected)
    if (typeof record === 'string') {
      // As `readSegmentBytes`: a power cut leaves zeros.
      if (line.includes(0)) return undefined
      return { segment, seq: expected.seq, line: expected.seq + 1, code: 'chain-broken', message: record }
    }
    expected.seq++
    expected.prev = record.h
    yield { record, text: line.toString('utf8') }
  }
  return undefined
}

/** Without their newlines; each is good until the next is asked for. */
function* wholeLines(path: string, bytes: number): Generator<Buffer, void> {
  const fd = openRegularFile(path)
  try {
    let buffer = Buffer.allocUnsafe(blockBytes)
    let filled = 0
    let left = bytes
    for (;;) {
      const got = readSync(fd, buffer, filled, Math.min(left, buffer.length - filled), null)
      if (got === 0) return
      left -= got
      filled += got
      let start = 0
      const whole = buffer.subarray(0, filled)
      for (let end = whole.indexOf(newline); end >= 0; end = whole.indexOf(newline, start)) {
        yield whole.subarray(start, end)
        start = end + 1
      }
      buffer.copyWithin(0, start, filled)
      filled -= start
      if (filled < buffer.length) continue
      if (filled > largestLineBytes) return
      buffer = Buffer.concat([buffer], buffer.length * 2)
    }
  } finally {
    closeSync(fd)
  }
}
