/** Effects on the paper desk, one after the other, with a crash anywhere in between; then whoever comes back does the one at hand again. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'
import { type Args, PaperDesk, thursdayNoon } from '../adapters/paper/desk.ts'
import { type Judgement, judgeAll } from './judge.ts'
import { memory } from './memory.ts'
import type { Extent, Tree } from './recording.ts'

interface Effect {
  readonly key: string
  readonly method: string
  readonly args: Args
}
const order = (side: string, quantity: string, price: string): Args => ({
  ...{ venue: 'primary', symbol: 'AAPL', side, quantity, price },
})
const effects: readonly Effect[] = [
  { key: 'rests', method: 'venue.createOrder', args: order('buy', '10', '100.00') },
  { key: 'fills', method: 'venue.createOrder', args: order('buy', '40', '400.00') },
  { key: 'is rejected', method: 'venue.createOrder', args: order('buy', '10', '0.001') },
  { key: 'pages', method: 'notify.page', args: { role: 'oncall', text: 'filled' } },
  { key: 'probes', method: 'venue.probeOrder', args: { venue: 'primary', symbol: 'MSFT' } },
  { key: 'cancels all', method: 'venue.cancelAllOrders', args: { venue: 'primary' } },
  { key: 'flattens', method: 'venue.closeAllPositions', args: { venue: 'primary' } },
]
/** Of states that differ only in what nobody reads, so many are opened: one in this many. */
const seldom = 64

type Files = ReadonlyMap<string, Buffer>
const isState = (name: string): boolean => /\/paper\/[^/]+\.json$/.test(name)
function filesIn(stateDir: string): Files {
  const names = readdirSync(join(stateDir, 'paper')).map((name) => join(stateDir, 'paper', name))
  return new Map(names.filter(isState).map((name) => [name, readFileSync(name)]))
}

export interface Performed extends Judgement {
  /** How many of them were opened by the paper desk itself. */
  readonly opened: number
}

export async function crashDuringEffects(extent: Extent): Promise<Performed> {
  const desk = new PaperDesk(join(memory.root, 'effects'))
  const at = (n: number): string => new Date(Date.parse(thursdayNoon) + n * 1000).toISOString()
  const perform = async (n: number): Promise<string> => {
    desk.moment = at(n)
    const { key, method, args } = effects[n] ?? expect.fail('no such effect')
    return JSON.stringify(await desk.act(method, args, key))
  }
  desk.moment = at(0)
  await desk.act('notify.openChannel', { name: 'before' }, 'before')
  const after: Files[] = [filesIn(desk.stateDir)]
  const answers: string[] = []
  memory.start(desk.stateDir)
  for (const [n, { key }] of effects.entries()) {
    answers.push(await perform(n))
    memory.note(key)
    after.push(filesIn(desk.stateDir))
  }
  const recording = memory.stop()
  expect(answers.filter((answer) => !answer.includes('"done"'))).toEqual([])
  expect(new Set(after.map((files) => keyOf(files, after))).size).toBe(effects.length + 1)

  const opened = new Set<string>()
  let count = 0
  let tried = 0
  const judged = await judgeAll('effects on the paper desk', recording, extent, async ({ notes, tree }, say) => {
    const done = notes.length - 1
    for (const name of namesIn(after)) {
      const is = tree.get(name)
      const may = [after[done]?.get(name), after[done + 1]?.get(name)]
      if (!may.some((bytes) => (bytes === undefined ? is === undefined : is instanceof Buffer && bytes.equals(is))))
        say('lost', `${name} is neither as before nor as after`)
    }
    const key = `${String(done)} ${keyOf(tree, after)}`
    if (opened.has(key) && count++ % seldom !== 0) return
    opened.add(key)
    tried++
    desk.moment = at(effects.length)
    for (const [n, each] of effects.slice(0, done).entries()) {
      const found = JSON.stringify(await desk.lookup(each.method, each.args, each.key))
      if (!found.includes('"done"')) say('lost', `${each.key} is answered ${found}`)
      const again = JSON.stringify(await desk.act(each.method, each.args, each.key))
      if (again !== answers[n]) say('repeated', `${each.key} is answered ${again}`)
    }
    if (done < effects.length && (await perform(done)) !== answers[done]) say('repeated', effects[done]?.key ?? '')
    const wanted = after[Math.min(done + 1, effects.length)]
    for (const [name, bytes] of wanted ?? []) {
      const is = filesIn(desk.stateDir).get(name)
      if (is === undefined || !isDeepStrictEqual(parsed(is), parsed(bytes)))
        say('repeated', `${name} is not what one time makes of it`)
    }
  })
  return { ...judged, opened: tried }
}

/** The order of an object's fields means nothing. */
const parsed = (bytes: Buffer): unknown => JSON.parse(bytes.toString())
const namesIn = (after: readonly Files[]): readonly string[] => [
  ...new Set(after.flatMap((files) => [...files.keys()])),
]
/** Which version of each file; what is none of them is a version of its own. */
const keyOf = (files: Tree | Files, after: readonly Files[]): string =>
  namesIn(after)
    .map((name) => {
      const is = files.get(name)
      return after.findIndex((each) => (is instanceof Buffer ? each.get(name)?.equals(is) : each.get(name) === is))
    })
    .join()
