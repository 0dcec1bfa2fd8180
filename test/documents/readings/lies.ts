/** Every way in which an answer can be wrong that somebody has seen: what is no number, what is missing, what is old, what was cut off. */
import { isRecord } from '../../../src/adapters/wellformed.ts'
import type { Reading } from '../../../src/ports/adapter.ts'

export type Honest = Extract<Reading, { readonly kind: 'value' }>
export interface Lie {
  /** E.g. `hosts.0.share is NaN`. */
  readonly name: string
  /** The name of the field that lies; absent: the reading as a whole does. */
  readonly field?: string
  readonly reading: unknown
}

type Path = readonly (string | number)[]
const noNumbers = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]

/** Of a list the first member stands for all of them: the schema is the same. */
export function liesAbout(honest: Honest): readonly Lie[] {
  const of = (path: Path, what: string, value: unknown): Lie => {
    const field = path.findLast((part) => typeof part === 'string')
    return {
      name: `${path.join('.')} ${what}`,
      ...(field === undefined ? {} : { field }),
      reading: { ...honest, value },
    }
  }
  const { value } = honest
  const within = placesIn(value).flatMap((path) => [
    ...(typeof at(value, path) === 'number'
      ? noNumbers.map((bad) => of(path, `is ${String(bad)}`, changed(value, path, bad)))
      : []),
    ...(typeof path.at(-1) === 'string' ? [of(path, 'is missing', changed(value, path, gone))] : []),
    ...(isFilledList(at(value, path)) ? [of(path, 'is empty', changed(value, path, []))] : []),
  ])
  return [...within, ...liesOfTheWhole(honest)]
}

const liesOfTheWhole = (honest: Honest): readonly Lie[] => [
  { name: 'asOf is an hour old', reading: { ...honest, asOf: movedBy(honest.asOf, -3_600_000) } },
  { name: 'asOf is two minutes old', reading: { ...honest, asOf: movedBy(honest.asOf, -120_000) } },
  { name: 'asOf is an hour ahead', reading: { ...honest, asOf: movedBy(honest.asOf, 3_600_000) } },
  { name: 'asOf is missing', reading: { ...honest, asOf: undefined } },
  { name: 'only some pages', reading: { ...honest, complete: false } },
  { name: 'completeness unsaid', reading: { ...honest, complete: undefined } },
]

const movedBy = (asOf: string, ms: number): string => new Date(Date.parse(asOf) + ms).toISOString()
const isFilledList = (value: unknown): boolean => Array.isArray(value) && value.length > 0
const gone = Symbol('gone')

function placesIn(value: unknown, path: Path = []): readonly Path[] {
  const below = Array.isArray(value)
    ? value.slice(0, 1).map((member, index): readonly [number, unknown] => [index, member])
    : isRecord(value)
      ? Object.entries(value)
      : []
  return [...(path.length === 0 ? [] : [path]), ...below.flatMap(([key, inner]) => placesIn(inner, [...path, key]))]
}

function at(value: unknown, path: Path): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  const members: readonly unknown[] = Array.isArray(value) ? value : []
  return at(isRecord(value) ? value[String(key)] : members[Number(key)], rest)
}

function changed(value: unknown, path: Path, to: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return to
  if (Array.isArray(value))
    return Array.from<unknown>(value).map((member, index) => (index === key ? changed(member, rest, to) : member))
  if (!isRecord(value)) throw new Error(`there is nothing at ${path.join('.')}`)
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      const replaced = name === key ? changed(inner, rest, to) : inner
      return replaced === gone ? [] : [[name, replaced]]
    }),
  )
}
