/** Other hosts of a desk are halted with it, by `desk serve` or by a program, while the venues are cancelled. */
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { Desk } from '../support/desk.ts'
import { serve, type Serving } from '../support/serving.ts'

let [here, there] = [new Desk(), new Desk()]
beforeEach(async () => {
  here = new Desk()
  there = new Desk()
  for (const desk of [here, there]) expect((await desk.run(['status'])).code).toBe(0)
})
afterEach(() => {
  for (const desk of [here, there]) desk.remove()
})
const configure = (desk: Desk, peers: readonly unknown[], more: object = {}): void => {
  writeFileSync(join(desk.dir, 'desk.config.yaml'), JSON.stringify({ peers, ...more }))
}
const isHalted = ({ stateDir }: Desk): boolean => mayTrade({ stateDir }).allowed === 'none'
/** A program that leaves its arguments and its input behind and ends with this code. */
const leaving = (desk: Desk, code: number): readonly string[] => [
  '/bin/sh',
  '-c',
  `printf '%s\\n' "$@" > ${join(desk.dir, 'args')}; cat > ${join(desk.dir, 'input')}; exit ${String(code)}`,
  'peer',
]

describe('over HTTP', () => {
  let server: Serving
  beforeEach(async () => {
    // Whoever is told by a peer tells nobody else, or two desks would halt each other for ever.
    configure(there, [{ id: 'third', command: leaving(there, 0) }])
    server = await serve(there)
  })
  afterEach(async () => {
    server.process.kill('SIGTERM')
    await once(server.process, 'exit')
  })

  it('the other host is halted, and says so', async () => {
    configure(here, [{ id: 'standby', url: server.url }])
    const { code, value } = await here.json(['kill', '--reason', 'wrong fills'])
    expect([code, value]).toMatchObject([
      0,
      { desks: [{ verified: true, peers: [{ id: 'standby', state: 'halted' }] }] },
    ])
    expect([isHalted(here), isHalted(there)]).toEqual([true, true])
    expect((await there.run(['status'])).stdout).toContain('wrong fills')
    expect(existsSync(join(there.dir, 'args'))).toBe(false)
  })

  it('a part stays a part there', async () => {
    configure(here, [{ id: 'standby', url: server.url }])
    expect((await here.run(['kill', '--scope', 'venue:primary'])).code).toBe(0)
    const about = (venue: string) => mayTrade({ stateDir: there.stateDir, venue }).allowed
    expect([about('primary'), about('backup')]).toEqual(['none', 'all'])
  })

  it('a desk of another profile is not meant', async () => {
    const answer = await fetch(`${server.url}/api/system/kill_switch?profile=live&scope=all`, { method: 'POST' })
    expect([answer.status, await answer.json()]).toMatchObject([404, { error: { code: 'no-such-desk' } }])
    expect(isHalted(there)).toBe(false)
  })

  it('nobody there: halted here, loud, and 69', async () => {
    const { port } = new URL(server.url)
    server.process.kill('SIGTERM')
    await once(server.process, 'exit')
    server = await serve(there)
    configure(here, [{ id: 'standby', url: `http://127.0.0.1:${port}` }])
    const { code, stdout, stderr } = await here.run(['kill'])
    expect([code, isHalted(here)]).toEqual([69, true])
    expect(stdout).toContain('standby NOT REACHED (peer)')
    expect(stderr).toContain('peer standby: NOT REACHED, so it may be trading')
  })
})

describe('by a program', () => {
  it('which is told what to halt, in words that no shell takes apart', async () => {
    configure(here, [{ id: 'standby', command: leaving(here, 0) }])
    expect((await here.run(['kill', '--scope', 'model:signal', '--reason', '$(rm) fills'])).code).toBe(0)
    expect(readFileSync(join(here.dir, 'args'), 'utf8')).toBe('--profile=paper\n--scope=model:signal\n--no-peers\n')
    expect(JSON.parse(readFileSync(join(here.dir, 'input'), 'utf8'))).toEqual({
      scope: 'model:signal',
      profile: 'paper',
      reason: '$(rm) fills',
    })
  })

  it.each([
    [0, 'halted', 0],
    [2, 'unverified', 2],
    [73, 'unverified', 2],
    [1, 'not-halted', 1],
    [78, 'absent', 0],
    [255, 'unreached', 69],
  ])('that ends with %d: %s, exit %d', async (ends, state, exit) => {
    configure(here, [{ id: 'standby', command: leaving(here, ends) }])
    const { code, value } = await here.json(['kill'])
    expect([code, value]).toMatchObject([exit, { desks: [{ halted: true, peers: [{ id: 'standby', state }] }] }])
  })

  it('that hangs has its time, and the others are told meanwhile', async () => {
    configure(here, [
      { id: 'hangs', command: ['/bin/sh', '-c', 'sleep 600'], timeoutMs: 300 },
      { id: 'missing', command: ['/no/such/program'] },
      { id: 'standby', command: leaving(here, 0) },
    ])
    const { code, value } = await here.json(['kill'])
    const peers = [{ state: 'unreached' }, { state: 'unreached' }, { state: 'halted' }]
    expect([code, value]).toMatchObject([69, { desks: [{ halted: true, verified: true, peers }] }])
  })

  it('is told although the configuration broke since', async () => {
    configure(here, [{ id: 'standby', command: leaving(here, 0) }])
    expect((await here.run(['run', 'continue', '--due'])).code).toBe(0)
    writeFileSync(join(here.dir, 'desk.config.yaml'), 'peers: [')
    const { code, value } = await here.json(['kill'])
    expect([code, value]).toMatchObject([0, { desks: [{ peers: [{ id: 'standby', state: 'halted' }] }] }])
  })
})
