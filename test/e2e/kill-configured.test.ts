/** `desk kill` where venues are programs of the desk's own: one that hangs, parts of a desk, closing positions, a broken configuration. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Desk, type Ran } from '../support/desk.ts'

const program = join(import.meta.dirname, '..', 'support', 'venue-program.mjs')
let desk: Desk
let venues: string
beforeEach(async () => {
  desk = new Desk()
  venues = join(desk.dir, 'venues')
  mkdirSync(venues)
  configure(
    `venues: [fast, slow]\nadapters: [{ serves: [venue], kind: exec, command: ${JSON.stringify(command())} }]\n`,
  )
  for (const venue of ['fast', 'slow'])
    writeFileSync(
      join(venues, `${venue}.json`),
      JSON.stringify([order(`${venue}-1`, 'AAPL'), order(`${venue}-2`, 'MSFT'), stop(`${venue}-3`, 'MSFT')]),
    )
  // The desk comes into being, and with it the copy of its configuration.
  expect((await press(['run', 'continue', '--due'])).code).toBe(0)
})
afterEach(() => {
  desk.remove()
})

const command = (): readonly string[] => [execPath, program, venues]
const configure = (text: string): void => {
  writeFileSync(join(desk.dir, 'desk.config.yaml'), text)
}
const order = (id: string, symbol: string) => ({
  ...{ id, clientOrderId: `c-${id}`, symbol, side: 'buy', quantity: '10', filled: '0', price: '1', status: 'open' },
  protective: false,
})
const stop = (id: string, symbol: string) => ({ ...order(id, symbol), side: 'sell', price: '90', protective: true })
/** Programs answer in real time, so the desk lives in it too. */
const press = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  desk.run(args, { env: { DESK_NOW: '', ...env } })
const left = (venue: string): readonly string[] =>
  (JSON.parse(readFileSync(join(venues, `${venue}.json`), 'utf8')) as { id: string }[]).map(({ id }) => id)
const calls = (method: string): readonly string[] =>
  readFileSync(join(venues, 'calls'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(method))

it('a venue that hangs is unreachable, and the one beside it is verified', { timeout: 60_000 }, async () => {
  writeFileSync(join(venues, 'slow.hangs'), '')
  const { code, stdout } = await press(['kill', '--json'])
  expect([code, JSON.parse(stdout)]).toMatchObject([
    69,
    {
      desks: [
        {
          halted: true,
          recorded: true,
          verified: false,
          // What nobody could list is not called none, and what the other one listed is told.
          stops: null,
          knownStops: [{ venue: 'fast', symbol: 'MSFT', side: 'sell', quantity: '10', stopPrice: '90' }],
          stopsUnknown: [{ venue: 'slow', reason: 'no answer within 3000 ms' }],
          venues: [
            { id: 'fast', open: 0, pendingCancel: 0, unknown: 0 },
            { id: 'slow', unknown: 1 },
          ],
        },
      ],
    },
  ])
  expect(left('fast')).toEqual([])
  expect(calls('cancelAllOrders slow')).not.toEqual([])
})

describe('a list of stops that the venue reads after the cancel', () => {
  beforeEach(() => {
    for (const venue of ['fast', 'slow']) writeFileSync(join(venues, `${venue}.late`), '')
  })

  it('lacks none that the venue names when it answers the cancel', async () => {
    const { code, stdout } = await press(['kill'])
    expect([code, stdout]).toEqual([0, expect.stringContaining('stops   cancelled too: MSFT sell 10 at 90, MSFT sell')])
    expect(stdout).not.toContain('unknown at')
  })

  it('is not believed where it does not, and that is told', async () => {
    writeFileSync(join(venues, 'slow.terse'), '')
    const { code, stdout } = await press(['kill'])
    expect(code).toBe(0)
    expect(stdout).toContain(
      '  stops   cancelled too: MSFT sell 10 at 90\n  stops   unknown at slow: the list came after the cancel had left\n',
    )
    expect(stdout).toContain('desk runbook restore-stops, then:')
  })
})

it('a symbol: order by order, and only its own', async () => {
  const { code, stdout } = await press(['kill', '--scope', 'symbol:MSFT'])
  expect(code).toBe(0)
  expect(stdout).toContain('stops   cancelled too: MSFT sell 10 at 90, MSFT sell 10 at 90')
  expect([left('fast'), left('slow')]).toEqual([['fast-1'], ['slow-1']])
  expect(calls('cancelAllOrders')).toEqual([])
  expect(calls('cancelOrder')).toHaveLength(4)
})

it('a venue: the other one hears nothing', async () => {
  expect((await press(['kill', '--scope', 'venue:fast'])).code).toBe(0)
  expect([left('fast'), left('slow').length]).toEqual([[], 3])
  expect(calls('cancel').filter((line) => line.includes('slow'))).toEqual([])
})

describe('--flatten', () => {
  it('goes out once per halt and venue, in whatever process it is asked for again', async () => {
    expect((await press(['kill'])).code).toBe(0)
    expect((await press(['kill', '--flatten'])).stderr).toBe('')
    const again = await press(['kill', '--flatten'])
    expect([again.code, again.stderr]).toEqual([0, expect.stringContaining('done once in this halt')])
    expect(calls('closeAllPositions')).toHaveLength(2)
  })

  it("where nothing can be recorded it is the venue's own close call under the halt's key", async () => {
    const audit = join(desk.stateDir, 'audit')
    rmSync(audit, { recursive: true })
    writeFileSync(audit, '')
    const { code, stderr } = await press(['kill', '--flatten'])
    expect(code).toBe(73)
    expect(stderr).toContain('--flatten at fast: sent, and not on record')
    expect(calls('closeAllPositions').map((line) => line.replace(/halt-\w+/, '<halt>'))).toEqual(
      expect.arrayContaining([
        'closeAllPositions fast flatten-<halt>-fast',
        'closeAllPositions slow flatten-<halt>-slow',
      ]),
    )
  })

  it('closes nothing for a model: positions do not say whose they are', async () => {
    const { stderr } = await press(['kill', '--flatten', '--scope', 'model:signal'])
    expect(stderr).toContain('positions do not say which model')
    expect(calls('closeAllPositions')).toEqual([])
  })
})

it('a broken configuration: the last one that was good still reaches the venues', async () => {
  configure('venues: [fast\nadapters: nonsense')
  const { code, stdout, stderr } = await press(['kill'])
  expect([code, stdout.split('\n')[0]]).toEqual([0, 'HALTED paper'])
  expect(stderr).toContain('the configuration is not valid; the last one that was good is used')
  expect([left('fast'), left('slow')]).toEqual([[], []])
})

it('a log that takes nothing: the halt is told to the log of the system', async () => {
  const [bin, told] = [join(desk.dir, 'bin'), join(desk.dir, 'told')]
  mkdirSync(bin)
  writeFileSync(join(bin, 'logger'), `#!/bin/sh\nprintf '%s\\n' "$*" > ${told}\n`)
  chmodSync(join(bin, 'logger'), 0o755)
  const audit = join(desk.stateDir, 'audit')
  rmSync(audit, { recursive: true })
  writeFileSync(audit, '')
  const { code, stderr } = await press(['kill', '--reason', 'wrong\nfills'], {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
  })
  expect(code).toBe(73)
  expect(stderr).toContain('halted, but not on record')
  expect(stderr).toContain('the system log has it')
  expect(readFileSync(told, 'utf8')).toBe(
    '-t desk -p auth.alert -- HALTED paper by oncall, not on record: wrong fills\n',
  )
  expect(existsSync(join(desk.stateDir, 'permit'))).toBe(true)
})
