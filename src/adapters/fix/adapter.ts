/** The port `venue` over FIX 4.2: which venue is meant, what is asked of it, and how its answer looks. */
import { connect } from 'node:net'
import * as z from 'zod'
import type { FixSessionConfig } from '../../config/fix.ts'
import { once } from '../../model/once.ts'
import type { Adapter, Call, Effected, Reading, Settlement } from '../../ports/adapter.ts'
import type { Disk } from '../../disk/write.ts'
import { decimal } from '../../ports/method.ts'
import { failed, failure } from '../answer.ts'
import type { StartTimer } from '../deadline.ts'
import { fixMethods } from './methods.ts'
import { SessionLog } from './session-log.ts'
import { SharedSession } from './shared-session.ts'
import { openOrders, type Order, type SessionState } from './state.ts'
import { type Acting, FixVenue } from './venue.ts'

export interface FixOptions {
  /** By the id of the venue. */
  readonly sessions: Readonly<Record<string, FixSessionConfig>>
  /** For each of: its turn, the logon, an answer. */
  readonly timeoutMs?: number
  readonly stateDir: string
  readonly now: () => Date
  readonly random: (bytes: number) => Uint8Array
  readonly startTimer: StartTimer
  readonly disk?: Disk
  /** The venue in use, for calls that name none; undefined: nobody can tell. */
  readonly venueInUse: (call: Call) => Promise<string | undefined>
}

/** Less than what a halt allows for a call, so that it hears our reason. */
const defaultTimeoutMs = 2000
const defaultHeartbeatSeconds = 30
const idBytes = 12

const orderArgs = once(() =>
  z.object({
    symbol: z.string(),
    side: z.enum(['buy', 'sell']),
    quantity: decimal,
    price: decimal,
  }),
)
const oneOrder = once(() => z.object({ clientOrderId: z.string() }))
const sinceArgs = once(() => z.object({ since: z.string() }))

interface Place {
  readonly name: string
  readonly venue: FixVenue
  readonly source: string
  readonly account: string
}

export function fixAdapter(options: FixOptions): Adapter {
  const { now, startTimer, venueInUse } = options
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const places = new Map(
    Object.entries(options.sessions).map(([name, session]) => [name, placeOf(name, session, options)]),
  )
  const find = async (call: Call): Promise<Place | string> => {
    const named = call.args['venue']
    const onlyOne = places.size === 1 ? [...places.keys()][0] : undefined
    const name = typeof named === 'string' ? named : (onlyOne ?? (await venueInUse(call)))
    return (
      places.get(name ?? '') ??
      `no FIX session is configured for ${name === undefined ? 'a venue without a name' : name}`
    )
  }
  return {
    name: 'fix',
    has: new Set(fixMethods),
    async read(call): Promise<Reading> {
      const place = await find(call)
      if (typeof place === 'string') return failure(place, 'fix')
      const answer = answerOf(call, place)
      const told = await inTime(call, timeoutMs, startTimer, (signal) =>
        place.venue.read(signal, ({ state }, latencyMs) => answer(state, latencyMs)),
      )
      if (told.kind === 'untold') return failure(told.reason, place.source, told.unreachable)
      const complete = call.method === 'ping' || place.venue.isComplete
      return { kind: 'value', value: told.value, asOf: now().toISOString(), source: place.source, complete }
    },
    async act(call): Promise<Effected> {
      const place = await find(call)
      if (typeof place === 'string') return failed(place, 'fix')
      return inTime(call, timeoutMs, startTimer, (signal) => perform({ ...call, signal }, place))
    },
    async lookup(call): Promise<Settlement> {
      const place = await find(call)
      if (typeof place === 'string') return { kind: 'cannot-tell', reason: place }
      return inTime(call, timeoutMs, startTimer, (signal) =>
        call.method === 'createOrder'
          ? place.venue.lookupOrder({ ...call, signal })
          : place.venue.lookupCancel({ ...call, signal }),
      )
    },
  }
}

function placeOf(name: string, session: FixSessionConfig, options: FixOptions): Place {
  const { stateDir, now, random, startTimer, timeoutMs = defaultTimeoutMs } = options
  const { host, port, sender, target, heartbeatSeconds = defaultHeartbeatSeconds } = session
  const dir = `${stateDir}/fix/${name}`
  const newId = (): string => Buffer.from(random(idBytes)).toString('hex')
  const log = new SessionLog(`${dir}/session.ndjson`, { sender, target, newId }, options.disk)
  const shared = new SharedSession({
    settings: { host, port, sender, target, heartbeatSeconds },
    means: { now, startTimer, connect: (at, on) => connect(on, at) },
    ...{ log, timeoutMs, lockDir: `${dir}/lock` },
  })
  const source = `fix/${name}`
  const account = session.account === undefined ? {} : { account: session.account }
  const massCancel = session.massCancel ?? false
  const venue = new FixVenue({ venue: name, source, shared, log, massCancel, now, ...account })
  return { name, venue, source, account: session.account ?? sender }
}

/** The call's own signal, or the end of our patience: whoever waits hears our reason and not his own. */
async function inTime<T>(
  call: Call,
  timeoutMs: number,
  startTimer: StartTimer,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController()
  // The turn and the logon have their own time, before what this one is about.
  const cancel = startTimer(Math.min(3 * timeoutMs, 0.9 * call.timeoutMs), () => {
    late.abort()
  })
  const pass = (): void => {
    late.abort()
  }
  call.signal.addEventListener('abort', pass)
  try {
    return await run(late.signal)
  } finally {
    cancel()
    call.signal.removeEventListener('abort', pass)
  }
}

type Answer = (state: SessionState, latencyMs: number) => unknown

function answerOf({ method, args }: Call, { name, account }: Place): Answer {
  switch (method) {
    case 'ping':
      return (_state, latencyMs) => ({ venue: name, latencyMs })
    case 'fetchOpenOrders':
      return (state) => listOf(name, state)
    case 'fetchOrder': {
      const { clientOrderId } = oneOrder().parse(args)
      return (state) => found(state.orders.get(clientOrderId))
    }
    case 'fetchMyTrades': {
      const sinceMs = Date.parse(sinceArgs().parse(args).since)
      return ({ trades }) => ({
        venue: name,
        trades: trades
          .filter(({ at }) => Date.parse(at) > sinceMs)
          .map(({ clientOrderId: _, ...trade }) => ({ account, ...trade })),
      })
    }
    default:
      throw new Error(`venue.${method} cannot be read over FIX`)
  }
}

function listOf(venue: string, state: SessionState): unknown {
  const orders = openOrders(state)
  const count = (bucket: string): number => orders.filter((order) => order.bucket === bucket).length
  return {
    venue,
    ...{ open: count('open'), pendingCancel: count('pendingCancel'), unknown: count('unknown') },
    orders: orders.map(({ bucket, ...order }) => ({ ...described(order), status: bucket })),
  }
}

const described = ({ orderId, clientOrderId, symbol, side, quantity, filled, price }: Order) => ({
  ...{ id: orderId, clientOrderId, symbol, side, quantity, filled, price },
  protective: false,
})

function found(order: Order | undefined): unknown {
  if (order === undefined || order.status === 'unreceived') return { found: false }
  const { status, cancels } = order
  const shown =
    status === 'unacknowledged' ? 'unknown' : status === 'open' && cancels.size > 0 ? 'pendingCancel' : status
  return { found: true, order: { ...described(order), status: shown } }
}

function perform(call: Acting, { venue, name, source }: Place): Promise<Effected> {
  switch (call.method) {
    case 'createOrder':
      return venue.createOrder(call, orderArgs().parse(call.args))
    case 'cancelAllOrders':
      return venue.cancel(call, () => true, true)
    case 'cancelOrder': {
      const { clientOrderId } = oneOrder().parse(call.args)
      // Without side and symbol there is nothing to send, and an order that is not on record was not sent from here.
      if (venue.known(clientOrderId) === undefined)
        return Promise.resolve(failed(`${name} has no order ${clientOrderId} of this session on record`, source))
      return venue.cancel(call, (order) => order.clientOrderId === clientOrderId, false)
    }
    default:
      throw new Error(`venue.${call.method} is no effect over FIX`)
  }
}
