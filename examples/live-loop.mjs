// A small trading process with both gates: ticks and fills come in as lines of JSON, what it does goes out as lines of JSON.
//
//   node examples/live-loop.mjs <state directory> [venue] [model]
//   {"tick":1,"symbol":"AAPL","price":189.95}                  a price; answered by one line: an order, or why there is none
//   {"fill":"order-1","quantity":100}                          so much of an order has filled
//
// The signal is a toy. The rest is how a loop asks: before the signal, so that nothing is computed in vain, and again immediately before
// the order, because a halt may have come while the signal was computed.
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { admits, mayTrade, scaleQuantity } from 'desk/gate'

const lot = '10'

/**
 * `desk` is what the gate is asked about: state directory, venue and model. `signal` answers, possibly later, which side and how many
 * shares it wants; `send` gives an order to the venue; `write` takes the records of the log. All shares are whole.
 */
export function liveLoop({ desk, signal, send, write, traceId }) {
  let position = 0n
  let orders = 0
  let credit = 0
  /** What may still fill, by the order's id. */
  const working = new Map()

  /** Never throws: whatever goes wrong with a tick, there is no order, and the next tick has its chance. */
  async function tick({ tick: number, symbol, price }) {
    const start = performance.now()
    const end = (level, event, data) => {
      const latencyMs = Number((performance.now() - start).toFixed(3))
      write(record(level, event, { tick: number, symbol, ...data, latencyMs }))
    }
    try {
      const before = mayTrade({ ...desk, symbol })
      if (before.allowed === 'none') return end('warn', 'tick.blocked', { gate: 'signal', allowed: 'none' })
      const wanted = await signal({ symbol, price })
      const answer = mayTrade({ ...desk, symbol })
      const order = { id: `order-${orders + 1}`, symbol, side: wanted.side, quantity: sizeOf(wanted, answer) }
      if (!admits(answer, String(position), order, [...working.values()]))
        return end('warn', 'tick.blocked', { gate: 'order', allowed: answer.allowed })
      credit += answer.orderRate
      if (credit < 1) return end('info', 'tick.paced', { rate: answer.orderRate })
      credit = 0
      orders += 1
      working.set(order.id, order) // before it is sent: one that fails on the way may be at the venue all the same
      send(order)
      end('info', 'order.sent', {
        order,
        allowed: answer.allowed,
        size: answer.sizeMultiplier,
        position: String(position),
      })
    } catch (error) {
      end('error', 'tick.failed', { reason: String(error) })
    }
  }

  /** What reduces keeps its size, up to all that is there; what adds risk has the share that is permitted. */
  function sizeOf({ side, quantity }, answer) {
    let after = position
    for (const order of working.values()) if (order.side === side) after += signed(order)
    const reducible = side === 'sell' ? after : -after
    if (reducible > 0n) return String(BigInt(quantity) < reducible ? quantity : reducible)
    return scaleQuantity(answer, String(quantity), lot) ?? '0'
  }

  function fill({ fill: id, quantity }) {
    const order = working.get(id)
    if (order === undefined) return write(record('error', 'fill.unknown', { order: id }))
    const left = BigInt(order.quantity) - BigInt(quantity)
    position += signed({ side: order.side, quantity })
    if (left > 0n) working.set(id, { ...order, quantity: String(left) })
    else working.delete(id)
    write(record('info', 'order.filled', { order: id, left: String(left), position: String(position) }))
  }

  const record = (level, event, data) => ({
    timestamp: new Date().toISOString(),
    level,
    service: 'live-loop',
    trace_id: traceId,
    event,
    data,
  })
  return { tick, fill, refuse: (line) => write(record('error', 'line.refused', { line })) }
}

const signed = ({ side, quantity }) => (side === 'buy' ? BigInt(quantity) : -BigInt(quantity))

/** Buys what does not fall and sells what does, a hundred shares at a time. */
export function momentum() {
  const last = new Map()
  return ({ symbol, price }) => {
    const falls = price < (last.get(symbol) ?? price)
    last.set(symbol, price)
    return { side: falls ? 'sell' : 'buy', quantity: 100 }
  }
}

/** One line after the other: a tick is over before the next line is read. */
export async function readLines(input, loop) {
  for await (const line of createInterface({ input })) {
    const read = parsed(line)
    if (typeof read?.tick === 'number' && typeof read.price === 'number') await loop.tick(read)
    else if (typeof read?.fill === 'string' && Number.isSafeInteger(read.quantity) && read.quantity > 0) loop.fill(read)
    else loop.refuse(line)
  }
}

function parsed(line) {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , stateDir = '', venue = 'primary', model = 'signal'] = process.argv
  const write = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
  const send = () => undefined // here the order would go to the venue
  await readLines(
    process.stdin,
    liveLoop({ desk: { stateDir, venue, model }, signal: momentum(), send, write, traceId: `loop-${process.pid}` }),
  )
}
