/** Records as CSV (RFC 4180), for spreadsheets: what would be a formula there is made a text by an apostrophe. */
const columns = [
  ...['seq', 'timestamp', 'level', 'trace_id', 'run', 'step', 'actor', 'host', 'event', 'result'],
  ...['data', 'context', 'expected', 'observed', 'prev', 'h'],
] as const

export const csvHeader = `segment,${columns.join(',')}\r\n`

/** What is no text or number is JSON in one cell. */
export function csvRow({ segment, text }: { readonly segment: string; readonly text: string }): string {
  const record: unknown = JSON.parse(text)
  const cells = columns.map((name) =>
    typeof record === 'object' && record !== null ? cellOf(Reflect.get(record, name)) : '',
  )
  return `${[cellOf(segment), ...cells].join(',')}\r\n`
}

function cellOf(value: unknown): string {
  if (value === undefined) return ''
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
