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
  it('closes all positions once per halt, however often it is typed', async () => {
    expect((await desk.run(['kill', '--flatten'])).code).toBe(78)
    expect((await desk.run(['status'])).code).toBe(0)
    expect((await desk.run(['kill', '--flatten'])).code).toBe(0)
    expect([positions('primary'), positions('backup')]).toEqual([[], []])
    // Fills that come in late open a position again. Closing it is for a person now, not for a second key press.
    await setFault({ stateDir: desk.stateDir, now: () => new Date(desk.now) }, 'acks-lost', true)
    const late = positions('primary')
    expect(late).not.toEqual([])
    expect((await desk.run(['kill', '--flatten'])).code).toBe(0)
    expect(positions('primary')).toEqual(late)
  })
})
