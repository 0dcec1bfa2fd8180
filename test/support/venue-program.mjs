// Venues as a program of a desk's own. Its only argument is a directory: `<venue>.json` holds the orders of a venue, and `calls` gets a line
// per effect. `<venue>.hangs` has it never answer, `<venue>.late` list its stops only once no order is left, `<venue>.terse` answer a
// cancel without the stops that it took away.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const dir = process.argv[2]
let text = ''
for await (const part of process.stdin) text += part
const { kind, method, args, key } = JSON.parse(text)
const { venue, clientOrderId } = args
const asOf = new Date().toISOString()
const calls = existsSync(`${dir}/calls`) ? readFileSync(`${dir}/calls`, 'utf8') : ''
if (kind === 'act') appendFileSync(`${dir}/calls`, `${[method, venue, clientOrderId, key].filter(Boolean).join(' ')}\n`)
if (existsSync(`${dir}/${venue}.hangs`)) await sleep(600_000)
const file = `${dir}/${venue}.json`
const claimed = `${file}.${process.pid}`

/** Several of these programs run at once: whoever has moved the file away is alone with it. */
async function alter(change) {
  for (;;) {
    try {
      renameSync(file, claimed)
      break
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
      await sleep(1)
    }
  }
  const result = change(JSON.parse(readFileSync(claimed, 'utf8')))
  writeFileSync(claimed, JSON.stringify(result.left))
  renameSync(claimed, file)
  return result.answer
}
const read = () => alter((orders) => ({ left: orders, answer: orders }))
const stopsOf = (orders) =>
  orders
    .filter((order) => order.protective)
    .map(({ id, symbol, side, quantity, price }) => ({ id, symbol, side, quantity, stopPrice: price }))
const answers = {
  fetchOpenOrders: async () => {
    const orders = await read()
    return { venue, open: orders.length, pendingCancel: 0, unknown: 0, orders }
  },
  listStops: async () => {
    if (existsSync(`${dir}/${venue}.late`)) while ((await read()).length > 0) await sleep(1)
    return { venue, stops: stopsOf(await read()) }
  },
  cancelAllOrders: () =>
    alter((orders) => {
      const named = existsSync(`${dir}/${venue}.terse`) ? {} : { stops: stopsOf(orders) }
      return { left: [], answer: { venue, requested: orders.length, ...named } }
    }),
  cancelOrder: () =>
    alter((orders) => ({
      left: orders.filter((order) => order.clientOrderId !== clientOrderId),
      answer: { venue, requested: 1 },
    })),
  closeAllPositions: () => ({ closed: 1 }),
  open: () => ({ id: 'incident-1' }),
  page: () => ({ id: 'page-1' }),
}
const answer = async () => {
  if (answers[method] === undefined) return { kind: kind === 'read' ? 'failure' : 'failed', reason: 'not served here' }
  if (kind === 'read') return { kind: 'value', value: await answers[method](), asOf, complete: true }
  if (kind === 'lookup' && !calls.includes(` ${key}\n`)) return { kind: 'not-done', asOf }
  return { kind: 'done', value: await answers[method](), asOf }
}
process.stdout.write(JSON.stringify(await answer()))
