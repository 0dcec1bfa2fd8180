/** Lengths of time as documents write them: `30s`, `5m`, `2h`, `90d`, `3 trading days`, `1 trading week`. */
import type { Anchor, Duration } from '../model/graph.ts'
import { weekSessions } from './due.ts'

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** The calendar's horizon is ten years; nothing that desk waits for is longer. */
const longestMs = 3660 * 86_400_000
const longestSessions = 2520

/** Undefined for anything that is not one positive length, or for one above ten years. */
export function parseDuration(text: string): Duration | undefined {
  const clock = /^([1-9]\d{0,11})(ms|s|m|h|d)$/.exec(text)
  if (clock !== null) {
    const n = Number(clock[1]) * (unitsMs[clock[2] ?? ''] ?? Number.NaN)
    return n <= longestMs ? { unit: 'ms', n } : undefined
  }
  const trading = /^([1-9]\d{0,3}) trading (day|week)s?$/.exec(text)
  if (trading === null) return undefined
  const n = Number(trading[1]) * (trading[2] === 'week' ? weekSessions : 1)
  return n <= longestSessions ? { unit: 'sessions', n } : undefined
}

/** In the largest unit that divides it; `parseDuration` reads it back to the same length. */
export function formatDuration({ unit, n }: Duration): string {
  if (unit === 'sessions') return `${String(n)} trading ${n === 1 ? 'day' : 'days'}`
  const [name, ms] = Object.entries(unitsMs).findLast(([, size]) => n % size === 0) ?? ['ms', 1]
  return `${String(n / ms)}${name}`
}

/** `open`, `close - 10m`, `next open - 30m`, `event + 24h`: a moment of a gate's window. Undefined for anything else. */
export function parseAnchor(text: string): Anchor | undefined {
  const parts = /^(open|close|next open|event)(?: ([+-]) (\S+))?$/.exec(text)
  const at = parts?.[1]
  if (at !== 'open' && at !== 'close' && at !== 'next open' && at !== 'event') return undefined
  const offset = parts?.[3]
  if (offset === undefined) return { at, offsetMs: 0 }
  const duration = parseDuration(offset)
  if (duration?.unit !== 'ms') return undefined
  return { at, offsetMs: parts?.[2] === '-' ? -duration.n : duration.n }
}
