/** `desk audit export`: the records of a period for whoever has to look at them elsewhere, in constant memory, with a hash over all of it. */
import { createHash } from 'node:crypto'
import { recordsOfPeriod, type PeriodItem } from '../../audit/period.ts'
import { redactor } from '../../audit/redact.ts'
import { exitCodes } from '../../model/failure.ts'
import { momentOf, reading, resolveId, usage } from '../audit/asked.ts'
import { csvHeader, csvRow } from '../audit/csv.ts'
import type { Command } from '../command.ts'
import { renderProblem } from '../render/audit.ts'
import { whichDesk } from '../which-desk.ts'

export interface ExportOptions {
  readonly from?: string
  readonly to?: string
  readonly run?: string
  readonly format?: 'ndjson' | 'csv'
}
type Exported = Extract<PeriodItem, { readonly kind: 'record' }>

/** Written in pieces of about this size. */
const pieceChars = 1 << 16

/**
 * The hash is over every byte before it: of ndjson it stands in the last line, of csv on stderr only, so that `sha256sum` of the file is the
 * same. Records are lines of the log as they stand there; where a secret was configured since, it is blacked out and the line says so.
 */
export const exportRecords: Command<ExportOptions> = async (options, context) => {
  const { io, globals } = context
  const { format = 'ndjson', from, to } = options
  if (globals.json) throw usage('--json', 'of use here: an export is a stream (--format ndjson)')
  const desk = whichDesk(context)
  const fromMs = momentOf('from', from) ?? -Infinity
  const toMs = momentOf('to', to, true) ?? Infinity
  if (fromMs > toMs) throw usage(`--to ${to ?? ''}`, 'after --from')
  const run = options.run === undefined ? undefined : await reading(() => resolveId(desk.stateDir, options.run ?? ''))
  const period = { fromMs, toMs, ...(run === undefined ? {} : { run }) }
  const hash = createHash('sha256')
  const rowOf = format === 'csv' ? csvRow : jsonRow
  const clean = cleaner(desk.config.secrets)
  const count = { records: 0, problems: 0, redacted: 0 }
  let piece = format === 'csv' ? csvHeader : '{"type":"version","schema":1}\n'
  const flush = (): void => {
    hash.update(piece)
    io.out(piece)
    piece = ''
  }
  await reading(() => {
    for (const item of recordsOfPeriod(desk.stateDir, period)) {
      if (item.kind === 'problem') {
        count.problems++
        for (const line of renderProblem(item.problem, io.columns)) io.err(`${line}\n`)
        continue
      }
      const shown = clean(item)
      count.records++
      if (shown !== item) count.redacted++
      piece += rowOf(shown, shown !== item)
      if (piece.length > pieceChars) flush()
    }
  })
  flush()
  const sha256 = hash.digest('hex')
  const asked = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  if (format === 'ndjson')
    io.out(`${JSON.stringify({ type: 'end', ...asked, ...(run === undefined ? {} : { run }), ...count, sha256 })}\n`)
  io.err(`${String(count.records)} records, sha256 ${sha256}\n`)
  if (count.problems === 0) return exitCodes.ok
  io.err('  next: desk audit verify\n')
  return exitCodes.failed
}

/** What is around the record can be cut off again: the line itself is what its hash is over. */
const jsonRow = ({ segment, text }: Exported, isRedacted: boolean): string =>
  `{"type":"record","segment":${JSON.stringify(segment)},${isRedacted ? '"redacted":true,' : ''}"record":${text}}\n`

/** The same object where there is nothing to hide. */
function cleaner(secrets: readonly string[]): (item: Exported) => Exported {
  if (secrets.length === 0) return (item) => item
  const redact = redactor({ secrets, fields: [] })
  return (item) => {
    const text = JSON.stringify(redact(item.record))
    return text === JSON.stringify(item.record) ? item : { ...item, text, record: item.record }
  }
}
