/** One symbol at one venue: whether book and venue agree to the share, and which kind of error explains it where they do not. */
import { decimalUnits, formatDecimal } from '../model/decimal.ts'
import type { DifferenceClass } from './difference.ts'
import { type Change, nameOf, signed } from './fills.ts'
import { groupBy } from './group.ts'
import type { Booked } from './sides.ts'

export interface Position {
  /** All in units of 10^-18. */
  readonly atStart: bigint
  readonly internal: bigint
  readonly broker: bigint
  /** By the venue's executions since the start. */
  readonly change: Change
  readonly booked: readonly Booked[]
  /** A split or a merger since the start. */
  readonly reorganised: boolean
}
interface Judged {
  readonly class: DifferenceClass
  readonly because: string
}

/** Undefined: they agree, and the executions since the start lead there. */
export function judgePosition(position: Position): Judged | undefined {
  const { atStart, internal, broker, change, reorganised } = position
  const expected = atStart + change.units
  if (internal === broker && (expected === broker || reorganised)) return undefined
  if (internal === broker)
    return {
      class: 'unknown',
      because: `book and venue agree, but ${text(atStart)} at the start and executions of ${text(change.units)} lead to ${text(expected)}`,
    }
  const errors = errorsOf(position)
  const explained = errors.reduce((sum, error) => sum + error.units, 0n)
  if (explained === broker - internal) return explainedBy(errors)
  return unexplained(position, expected, errors)
}

/** What the book did wrong with executions; `units` is what it would have to change by. */
interface ExecutionError {
  readonly class: 'filled-not-reported' | 'reported-not-filled' | 'duplicate' | 'quantity-mismatch' | 'side-flip'
  readonly units: bigint
  readonly because: string
}

function errorsOf({ change, booked }: Position): readonly ExecutionError[] {
  const reported = new Map(change.fills.map((fill) => [nameOf(fill), fill]))
  const counted = groupBy(booked, nameOf)
  const errors: ExecutionError[] = []
  const add = (name: ExecutionError['class'], units: bigint, because: string): void => {
    if (units !== 0n) errors.push({ class: name, units, because })
  }
  let heard = 0n
  for (const [name, entries] of counted) {
    const [first, ...again] = entries
    if (first === undefined) continue
    const fill = reported.get(name)
    const own = unitsOf(first)
    const id = first.executionId
    if (fill === undefined) {
      add('reported-not-filled', -sum(entries), `the book counts execution ${id}, which the venue does not know`)
      continue
    }
    heard += signed(fill.side, decimalUnits(fill.quantity))
    add('duplicate', -sum(again), `the book counts execution ${id} ${String(entries.length)} times`)
    const right = signed(fill.side, decimalUnits(fill.quantity))
    if (fill.side !== first.side) add('side-flip', right - own, `the book has execution ${id} as a ${first.side}`)
    else
      add(
        'quantity-mismatch',
        right - own,
        `the book counts ${text(own)} for execution ${id}, the venue ${text(right)}`,
      )
  }
  // By cumulative quantities: an execution that the venue's list lacks in between belongs to it as well.
  const names = change.fills.filter((fill) => !counted.has(nameOf(fill))).map((fill) => fill.executionId)
  const which = names.length === 0 ? 'an execution that only cumulative quantities show' : `executions ${listed(names)}`
  add('filled-not-reported', change.units - heard, `the book never heard of ${which}`)
  return errors
}

const unitsOf = ({ side, quantity }: Booked): bigint => signed(side, decimalUnits(quantity))
const sum = (entries: readonly Booked[]): bigint => entries.reduce((total, entry) => total + unitsOf(entry), 0n)

function explainedBy(errors: readonly ExecutionError[]): Judged {
  const classes = new Set(errors.map((error) => error.class))
  const because = errors.map((error) => error.because).join('; ')
  const [only] = classes
  return classes.size === 1 && only !== undefined
    ? { class: only, because }
    : { class: 'unknown', because: `several errors at once: ${because}` }
}

function unexplained(position: Position, expected: bigint, errors: readonly ExecutionError[]): Judged {
  const { atStart, internal, broker, change, booked, reorganised } = position
  if (reorganised) return { class: 'corporate-action', because: 'the symbol was split or merged since the start' }
  if (errors.length > 0)
    return {
      class: 'unknown',
      because: `executions lead to ${text(expected)}, the venue holds ${text(broker)}; ${errors.map((e) => e.because).join('; ')}`,
    }
  if (internal === -broker) return { class: 'side-flip', because: 'the same quantity on the other side' }
  const untouched = atStart === 0n && internal === 0n && change.fills.length === 0 && booked.length === 0
  if (untouched) return { class: 'external-position', because: 'the desk never traded it here' }
  return {
    class: 'quantity-mismatch',
    because: `${text(atStart)} at the start and executions of ${text(change.units)} lead to ${text(expected)}`,
  }
}

const text = formatDecimal
const mostListed = 10
const listed = (names: readonly string[]): string =>
  names.length <= mostListed
    ? names.join(', ')
    : `${names.slice(0, mostListed).join(', ')} and ${String(names.length - mostListed)} more`
