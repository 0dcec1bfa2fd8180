/** Whether what somebody else said has the shape it must have, and if not, where. */
import type { ZodObject } from 'zod'

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const mostNamed = 3
const longestText = 500

/** Undefined: exactly as the schema says. Otherwise the first few places that differ, by their path. */
export function problemWith(schema: ZodObject, value: unknown): string | undefined {
  const parsed = schema.safeParse(value)
  if (parsed.success) return undefined
  const issues = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'value'}: ${message}`)
  const more = issues.length > mostNamed ? ` (and ${String(issues.length - mostNamed)} more)` : ''
  return briefProblem(`${issues.slice(0, mostNamed).join('; ')}${more}`)
}

/** Somebody else's words, on one line and at a length that can be shown. */
export function briefProblem(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > longestText ? `${line.slice(0, longestText)}…` : line
}

/** A text of one line. Control characters would write on somebody's screen. */
export function textIn(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = record[name]
  return typeof value === 'string' ? briefProblem(value.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')) : undefined
}

/** An RFC 3339 moment. */
export function momentIn(record: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = record[name]
  const isMoment =
    typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) && /(?:Z|[+-]\d\d:\d\d)$/.test(value)
  return isMoment && !Number.isNaN(Date.parse(value)) ? value : undefined
}
