/**
 * The `venues` port over any adapter that serves `venue`: each call goes to every configured venue at the same moment, and none waits
 * for another. One venue without an answer leaves the whole without one: a sum that lacks a venue must never look like a result.
 */
import type { Adapter, Call, Effected, Reading, Settlement } from '../ports/adapter.ts'

interface Fan {
  readonly method: string
  /** What the answer of one venue contributes; undefined for nonsense. */
  readonly pick: (value: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> | undefined
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const numbers =
  (...names: readonly string[]): Fan['pick'] =>
  (value) => {
    const picked = names.map((name) => [name, value[name]] as const)
    return picked.every(([, n]) => typeof n === 'number') ? Object.fromEntries(picked) : undefined
  }

/** A zero quantity is a symbol that was traded and is flat, in whatever way the venue writes zero. */
const isFlat = (position: unknown): boolean =>
  isRecord(position) && typeof position['quantity'] === 'string' && /^-?0(?:\.0+)?$/.test(position['quantity'])

const reads: Readonly<Record<string, Fan>> = {
  countOpenOrders: { method: 'fetchOpenOrders', pick: numbers('open', 'pendingCancel', 'unknown') },
  listStops: { method: 'listStops', pick: ({ stops }) => (Array.isArray(stops) ? { stops: stops.length } : undefined) },
  countPositions: {
    method: 'fetchPositions',
    pick: ({ positions }) =>
      Array.isArray(positions) ? { positions: positions.filter((p) => !isFlat(p)).length } : undefined,
  },
}
const effects: Readonly<Record<string, Fan & { readonly once: boolean }>> = {
  cancelAllOrders: { method: 'cancelAllOrders', pick: numbers('requested'), once: false },
  placeStops: { method: 'placeStops', pick: numbers('placed'), once: false },
  tightenStops: { method: 'tightenStops', pick: numbers('tightened'), once: false },
  closeAllPositions: { method: 'closeAllPositions', pick: numbers('closed'), once: true },
}

type Answer<T> = readonly (readonly [venue: string, answer: T])[]

/** `venues` are the ids of the configuration; an empty list is answered with a failure, never with "nothing open". */
export function everyVenue(adapter: Adapter, venues: readonly string[]): Adapter {
  const each = <T>(call: Call, fan: Fan, ask: (call: Call, venue: string) => Promise<T>): Promise<Answer<T>> =>
    Promise.all(
      venues.map(async (venue) => {
        const one = { ...call, port: 'venue', method: fan.method, args: { ...call.args, venue } }
        return [venue, await ask(one, venue)] as const
      }),
    )
  const source = `${adapter.name}: ${venues.join(', ')}`
  const served = [...Object.entries(reads), ...Object.entries(effects)].filter(([, fan]) =>
    adapter.has.has(`venue.${fan.method}`),
  )
  return {
    name: `every venue of ${adapter.name}`,
    has: new Set(served.map(([name]) => `venues.${name}`)),
    async read(call) {
      const fan = reads[call.method]
      if (fan === undefined || venues.length === 0) return unreadable(call, venues, source)
      return joinReadings(await each(call, fan, (one) => adapter.read(one)), fan, source)
    },
    async act(call) {
      const fan = effects[call.method]
      if (fan === undefined || venues.length === 0) return { kind: 'failed', reason: whyNot(call, venues), source }
      const all = await each(call, fan, (one, venue) => adapter.act({ ...one, key: keyFor(call.key, venue) }))
      return joinEffects(all, fan, source)
    },
    async lookup(call) {
      const fan = effects[call.method]
      if (fan === undefined || venues.length === 0) return { kind: 'cannot-tell', reason: whyNot(call, venues) }
      const all = await each(call, fan, (one, venue) => adapter.lookup({ ...one, key: keyFor(call.key, venue) }))
      return joinSettlements(all, fan, fan.once, source)
    },
  }
}

const keyFor = (key: string, venue: string): string => `${key}/${venue}`
const whyNot = (call: Call, venues: readonly string[]): string =>
  venues.length === 0 ? 'no venue is configured' : `venues.${call.method} is not served`
const unreadable = (call: Call, venues: readonly string[], source: string): Reading => ({
  kind: 'failure',
  reason: whyNot(call, venues),
  source,
  unreachable: false,
})

function joinReadings(all: Answer<Reading>, fan: Fan, source: string): Reading {
  const failures = all.flatMap(([venue, r]) => (r.kind === 'failure' ? [{ venue, ...r }] : []))
  if (failures.length > 0)
    return {
      kind: 'failure',
      reason: failures.map((f) => `${f.venue}: ${f.reason}`).join('; '),
      source,
      unreachable: failures.every((f) => f.unreachable),
    }
  const values = all.flatMap(([venue, r]) => (r.kind === 'value' ? [{ venue, ...r }] : []))
  const rows = rowsOf(values, fan)
  if (rows.kind === 'nonsense') return { kind: 'failure', reason: rows.reason, source, unreachable: false }
  return {
    kind: 'value',
    value: { venues: rows.rows },
    asOf: oldest(values),
    source,
    complete: values.every((v) => v.complete),
  }
}

function joinEffects(all: Answer<Effected>, fan: Fan, source: string): Effected {
  const bad = all.flatMap(([venue, e]) => (e.kind === 'done' ? [] : [{ venue, ...e }]))
  const reason = bad.map((e) => `${e.venue}: ${e.reason}`).join('; ')
  // An unknown outcome at one venue outweighs a plain failure at another: it must be settled, the failure need not.
  if (bad.some((e) => e.kind === 'unknown')) return { kind: 'unknown', reason, source }
  if (bad.length > 0) return { kind: 'failed', reason, source }
  const done = all.flatMap(([venue, e]) => (e.kind === 'done' ? [{ venue, ...e }] : []))
  const rows = rowsOf(done, fan)
  if (rows.kind === 'nonsense') return { kind: 'unknown', reason: rows.reason, source }
  return { kind: 'done', value: { venues: rows.rows }, asOf: oldest(done), source }
}

/** Done at some venues and not at others counts as not done where repeating is harmless, and needs a person where it is not. */
function joinSettlements(all: Answer<Settlement>, fan: Fan, once: boolean, source: string): Settlement {
  const unclear = all.flatMap(([venue, s]) => (s.kind === 'cannot-tell' ? [`${venue}: ${s.reason}`] : []))
  if (unclear.length > 0) return { kind: 'cannot-tell', reason: unclear.join('; ') }
  const open = all.flatMap(([venue, s]) => (s.kind === 'not-done' ? [{ venue, asOf: s.asOf }] : []))
  const done = all.flatMap(([venue, s]) => (s.kind === 'done' ? [{ venue, ...s }] : []))
  if (open.length > 0 && done.length > 0 && once)
    return { kind: 'cannot-tell', reason: `done at ${names(done)}, not done at ${names(open)}` }
  if (open.length > 0) return { kind: 'not-done', asOf: oldest(open), source }
  const rows = rowsOf(done, fan)
  if (rows.kind === 'nonsense') return { kind: 'cannot-tell', reason: rows.reason }
  return { kind: 'done', value: { venues: rows.rows }, asOf: oldest(done), source }
}

type Rows =
  | { readonly kind: 'rows'; readonly rows: readonly Readonly<Record<string, unknown>>[] }
  | { readonly kind: 'nonsense'; readonly reason: string }

function rowsOf(all: readonly { readonly venue: string; readonly value: unknown }[], fan: Fan): Rows {
  const rows: Readonly<Record<string, unknown>>[] = []
  for (const { venue, value } of all) {
    const picked = isRecord(value) ? fan.pick(value) : undefined
    if (picked === undefined) return { kind: 'nonsense', reason: `${venue} answered ${fan.method} in an unknown shape` }
    rows.push({ venue, ...picked })
  }
  return { kind: 'rows', rows }
}

const names = (all: readonly { readonly venue: string }[]): string => all.map((a) => a.venue).join(', ')
/** A joint reading is as old as its oldest part. */
const oldest = (all: readonly { readonly asOf: string }[]): string =>
  all.map((a) => a.asOf).reduce((a, b) => (Date.parse(b) < Date.parse(a) ? b : a))
