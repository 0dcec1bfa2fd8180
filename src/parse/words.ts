/** The scalars of authored documents: one schema each, for reading and for editors. Messages follow the quoted name of the key. */
import * as z from 'zod'
import { parseAnchor, parseDuration } from '../calendar/duration.ts'
import type { Duration, Moment } from '../model/graph.ts'
import { roles } from '../model/roles.ts'

export const idPattern = /^[a-z][a-z0-9-]{0,63}$/
/** Gates are called `D1` and `pre-market`. */
export const gateIdPattern = /^[A-Za-z][A-Za-z0-9-]{0,63}$/

export const id = z.string().regex(idPattern, 'must be lower-case letters, digits and hyphens, with a letter first')
export const gateId = z.string().regex(gateIdPattern, 'must be letters, digits and hyphens, with a letter first')
export const title = z.string().min(1).max(160)
export const text = z.string().min(1).max(4000)
/** Which items of the sources a part answers, e.g. `001/rolling-deploy/02`; `desk` where the sources leave it open. */
export const sources = z.union([text, z.array(text).min(1)])
export const expression = z.string().min(1).max(4000).meta({ description: 'a CEL expression' })
export const template = z.string().min(1).max(4000).meta({ description: 'text with ${{ expressions }}' })
export const methodName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]*\.[a-z][A-Za-z0-9]*$/, 'must name a method as port.method')
  .meta({ description: 'port.method' })
export const role = z.enum(roles)
export const event = z
  .string()
  .regex(/^[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+$/, 'must be like reconciliation.completed')

export const sourcesOf = (written: z.output<typeof sources> | undefined): readonly string[] =>
  typeof written === 'string' ? [written] : (written ?? [])

/** CEL keeps these for itself, and expressions see the others as values of their own. */
const takenNames = new Set(
  (
    'loop package import namespace function var let const as break continue else for if return void while in true false null ' +
    'inputs config result run'
  ).split(' '),
)
export const saveName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,63}$/, 'must be letters and digits, with a lower-case letter first')
  .refine((name) => !takenNames.has(name), 'is a word that expressions use for something else')

const durationForm = /^(?:[1-9]\d*(?:ms|s|m|h|d)|[1-9]\d* trading (?:day|week)s?)$/
export const duration = z
  .string()
  .regex(durationForm, 'must be a length of time such as 30s, 5m, 2h or 3 trading days')
  .refine((written) => parseDuration(written) !== undefined, 'is longer than ten years')
  .meta({ description: 'a length of time such as 30s, 5m, 2h or 3 trading days' })
export const clockDuration = z
  .string()
  .regex(/^[1-9]\d*(?:ms|s|m|h|d)$/, 'must be a length of time on the clock, such as 30s, 5m or 2h')
  .refine((written) => parseDuration(written) !== undefined, 'is longer than ten years')
  .meta({ description: 'a length of time such as 30s, 5m or 2h' })
export const anchor = z
  .string()
  .regex(
    /^(?:open|close|next open|event)(?: [+-] [1-9]\d*(?:ms|s|m|h|d))?$/,
    'must be like open, close - 15m, next open - 30m or event + 24h',
  )
  .refine((written) => parseAnchor(written) !== undefined, 'is longer than ten years away')
  .meta({ description: 'a moment such as open, close - 15m, next open - 30m or event + 24h' })
export const moment = z
  .string()
  .refine(
    (written) => momentOf(written) !== undefined,
    'must be like 5m, 3 trading days, next open or next close - 15m',
  )
  .meta({ description: 'a moment or length of time such as 5m, 3 trading days, next open or next close - 15m' })

/** `5m`, `3 trading days`, `next open`, `next close - 15m`. Undefined for anything else. */
export function momentOf(written: string): Moment | undefined {
  const length = parseDuration(written)
  if (length !== undefined) return { kind: 'after', duration: length }
  const parts = /^next (open|close)(?: ([+-]) (\S+))?$/.exec(written)
  const at = parts?.[1]
  if (at !== 'open' && at !== 'close') return undefined
  if (parts?.[3] === undefined) return { kind: 'next', at, offsetMs: 0 }
  const ms = clockMs(parts[3])
  return ms === undefined ? undefined : { kind: 'next', at, offsetMs: parts[2] === '-' ? -ms : ms }
}

export function clockMs(written: string): number | undefined {
  const length: Duration | undefined = parseDuration(written)
  return length?.unit === 'ms' ? length.n : undefined
}
