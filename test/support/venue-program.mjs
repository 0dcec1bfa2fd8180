// Venues as a program of a desk's own. Its only argument is a directory: `<venue>.json` holds the orders of a venue, `<venue>.hangs` has it
// never answer, and `calls` gets a line per effect.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

const dir = process.argv[2]
let text = ''
for await (const part of process.stdin) text += part
const { kind, method, args, key } = JSON.parse(text)
const { venue, clientOrderId } = args
const asOf = new Date().toISOString()
const calls = existsSync(`${dir}/calls`) ? readFileSync(`${dir}/calls`, 'utf8') : ''
if (kind === 'act') appendFileSync(`${dir}/calls`, `${[method, venue, clientOrderId, key].filter(Boolean).join(' ')}\n`)
if (existsSync(`${dir}/${venue}.hangs`)) await new Promise((resolve) => setTimeout(resolve, 600_000))
const file = `${dir}/${venue}.json`
const orders = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
const keep = (left) => writeFileSync(file, JSON.stringify(left))
const answers = {
  fetchOpenOrders: () => ({ venue, open: orders.length, pendingCancel: 0, unknown: 0, orders }),
  listStops: () => ({
    venue,
    stops: orders
      .filter((order) => order.protective)
      .map(({ id, symbol, side, quantity, price }) => ({ id, symbol, side, quantity, stopPrice: price })),
  }),
  cancelAllOrders: () => {
    keep([])
    return { venue, requested: orders.length }
  },
  cancelOrder: () => {
    keep(orders.filter((order) => order.clientOrderId !== clientOrderId))
    return { venue, requested: 1 }
  },
  closeAllPositions: () => ({ closed: 1 }),
  open: () => ({ id: 'incident-1' }),
  page: () => ({ id: 'page-1' }),
}
const answer = () => {
  if (answers[method] === undefined) return { kind: kind === 'read' ? 'failure' : 'failed', reason: 'not served here' }
  if (kind === 'read') return { kind: 'value', value: answers[method](), asOf, complete: true }
  if (kind === 'lookup' && !calls.includes(` ${key}\n`)) return { kind: 'not-done', asOf }
  return { kind: 'done', value: answers[method](), asOf }
}
process.stdout.write(JSON.stringify(answer()))
