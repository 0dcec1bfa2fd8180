/** A moment as people read it: to the minute, with its zone. `2026-11-20T09:30:00-05:00` is shown as `2026-11-20 09:30 -05:00`. */
export function moment(rfc3339: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.exec(rfc3339)
  if (parts === null) return rfc3339
  const [, date = '', time = '', zone = ''] = parts
  return `${date} ${time} ${zone === 'Z' ? 'UTC' : zone}`
}
