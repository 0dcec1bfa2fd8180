/** Records of the audit log for people: one line each, what was expected and seen below, in 80 columns. */
import type { FoundRecord } from '../../audit/search.ts'
import type { AuditRecord } from '../../audit/record.ts'
import type { Problem, Report } from '../../audit/verify.ts'
import { visible } from '../../source/visible.ts'
import type { Io } from '../command.ts'
import { cut, shown, table, wrap } from './layout.ts'
import { styleOf, toned } from './style.ts'

/** Grouped under the run and the day, so that both are written once. */
export function renderRecords(
  records: readonly FoundRecord[],
  io: Pick<Io, 'columns' | 'colour'>,
  detail: boolean,
): string[] {
  const style = styleOf(io)
  const lines: string[] = []
  for (const group of grouped(records)) {
    const first = group[0]?.record
    if (first === undefined) continue
    lines.push(
      cut(
        `${visible(first.run)}  ${first.timestamp.slice(0, 10)}  ${visible(first.actor)}@${visible(first.host)}`,
        io.columns,
      ),
    )
    const rows = table(
      group.map(({ record }) => rowOf(record, first.actor)),
      io.columns,
    )
    for (const [i, { record }] of group.entries()) {
      lines.push(coloured(rows[i] ?? '', resultOf(record), (word) => toned(style, word)))
      if (detail) lines.push(...detailsOf(record, io.columns))
    }
  }
  return lines
}

export function renderProblem({ segment, seq, line, code, message }: Problem, columns: number): string[] {
  return [
    cut(`${visible(segment)}:${String(line)}`, columns),
    ...wrap(`${code}, record ${String(seq)}: ${visible(message)}`, columns, '  '),
  ]
}

export function renderReport(report: Report, desk: string, verdict: string, columns: number): string[] {
  const { records, ledgerSize, anchoredTo, anchoredAt, problems, notes } = report
  const beyond = ledgerSize - anchoredTo
  const anchor =
    anchoredAt === undefined
      ? 'anchored to nothing'
      : `anchored to line ${String(anchoredTo)} by the checkpoint of ${anchoredAt}`
  return [
    `audit log of ${visible(desk)}: ${verdict}`,
    `  valid to record ${String(records)}, ledger of ${String(ledgerSize)} lines`,
    `  ${anchor}`,
    ...(beyond > 0
      ? [
          `  ${String(beyond)} later ${beyond === 1 ? 'line is vouched for only by itself' : 'lines are vouched for only by themselves'}`,
        ]
      : []),
    ...problems.flatMap((problem) => renderProblem(problem, columns)),
    ...notes.flatMap((note) => wrap(`note: ${visible(note)}`, columns, '  ')),
  ]
}

function grouped(records: readonly FoundRecord[]): FoundRecord[][] {
  const groups: FoundRecord[][] = []
  for (const found of records) {
    const last = groups.at(-1)
    const before = last?.at(-1)?.record
    const same =
      before?.run === found.record.run && before.timestamp.slice(0, 10) === found.record.timestamp.slice(0, 10)
    if (same && last !== undefined) last.push(found)
    else groups.push([found])
  }
  return groups
}

function rowOf(record: AuditRecord, actorOfGroup: string): string[] {
  const who = record.actor === actorOfGroup ? '' : `by ${visible(record.actor)}`
  const level = record.level === 'info' ? '' : record.level.toUpperCase()
  return [
    String(record.seq).padStart(4),
    record.timestamp.slice(11, 19),
    visible(record.event),
    cut(visible(stepOf(record)), 28),
    [level, visible(resultOf(record)), who].filter((part) => part !== '').join(' '),
  ]
}

/** Journal records carry their place and what came of it in their data. */
const stepOf = (record: AuditRecord): string => record.step ?? textIn(fieldOf(record.data, 'at'), 'path')
const resultOf = (record: AuditRecord): string =>
  record.result ??
  ['outcome', 'verdict', 'result', 'answer', 'as']
    .map((name) => textIn(record.data, name))
    .find((text) => text !== '') ??
  ''

function detailsOf(record: AuditRecord, columns: number): string[] {
  const evidence = fieldOf(record.data, 'evidence')
  const parts: readonly (readonly [string, unknown])[] = [
    ['expected', record.expected ?? fieldOf(evidence, 'expected')],
    ['observed', record.observed ?? fieldOf(evidence, 'observed')],
    ['source', fieldOf(evidence, 'source')],
    ['reason', fieldOf(record.data, 'reason') ?? fieldOf(evidence, 'reason')],
  ]
  return parts.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [cut(`                  ${name.padEnd(9)} ${shown(value)}`, columns)],
  )
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function textIn(value: unknown, name: string): string {
  const field = fieldOf(value, name)
  return typeof field === 'string' ? field : ''
}

/** The result is the last thing in its row, before who did it. */
function coloured(row: string, result: string, tone: (word: string) => string): string {
  const at = result === '' ? -1 : row.lastIndexOf(result)
  return at < 0 ? row : row.slice(0, at) + tone(result) + row.slice(at + result.length)
}
