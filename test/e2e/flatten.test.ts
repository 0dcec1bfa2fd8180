import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setFault } from '../../src/adapters/paper/switch-fault.ts'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

/** Signed positions at a paper venue, by symbol. */
function positions(id: string): unknown {
  const file: unknown = JSON.parse(readFileSync(join(desk.stateDir, 'paper', `venue-${id}.json`), 'utf8'))
  return (file as { state: { positions: unknown } }).state.positions
}

describe('desk kill --flatten', () => {
  it('tells each venue that was closed, in lines that fit', async () => {
    expect((await desk.run(['status'])).code).toBe(0)
    const { code, stdout } = await desk.run(['kill', '--flatten'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}flatten primary: positions closed\n {2}flatten backup: positions closed$/m)
    expect(stdout).toMatch(/^ {2}stops {3}cancelled too: AAPL sell 300 at 219.35, .*,\n {10}\S.*and 3 more$/m)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
  it('closes all positions once per halt, however often it is typed', async () => {
    expect((await desk.run(['kill', '--flatten'])).code).toBe(78)
    expect((await desk.run(['status'])).code).toBe(0)
    expect((await desk.run(['kill', '--flatten'])).code).toBe(0)
    expect([positions('primary'), positions('backup')]).toEqual([[], []])
    // Fills that come in late open a position again. Closing it is for a person now, not for a second key press.
    await setFault({ stateDir: desk.stateDir, now: () => new Date(desk.now) }, 'acks-lost', true)
    const late = positions('primary')
    expect(late).not.toEqual([])
    const again = await desk.run(['kill', '--flatten', '--json'])
    expect([again.code, JSON.parse(again.stdout)]).toMatchObject([
      0,
      {
        desks: [
          {
            flattened: [
              { venue: 'primary', state: 'done-before' },
              { venue: 'backup', state: 'done-before' },
            ],
          },
        ],
      },
    ])
    expect(positions('primary')).toEqual(late)
  })
})
