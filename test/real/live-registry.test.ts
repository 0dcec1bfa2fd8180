/** Every desk of the host, from the registry where it really is: in /etc. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { afterAll, expect } from 'vitest'
import { bootId } from '../../src/killswitch/gate.ts'
import { testWith } from './support/machine.ts'
import { inOwnMounts } from './support/mounted.ts'
import { Scratch, tradingDesk } from './support/program.ts'
import { standingOf } from './support/world.ts'

const scratch = new Scratch()
const mounted = testWith('mounting')
afterAll(() => {
  scratch.remove()
})
/** A copy of /etc in memory, in which the registry may be anything. */
const ownEtc =
  'T=$(mktemp -d); mount -t tmpfs none $T; cp -a /etc/. $T/; mount --bind $T /etc; rm -rf /etc/desk; mkdir /etc/desk'
/** As of a host where nothing narrows which desk is meant. */
const everyDesk = (home: string) => ({ DESK_STATE_DIR: '', HOME: home })

/** A live desk in force; releases by two people are not what is tested here. */
function liveDesk(name: string): string {
  const stateDir = join(scratch.fresh(), name)
  mkdirSync(join(stateDir, 'permit'), { recursive: true })
  for (const token of ['full', 'half', 'open', 'trade'])
    writeFileSync(join(stateDir, 'permit', `${token}@${bootId() ?? ''}`), '{}')
  return stateDir
}

async function homeWithPaper(): Promise<{ readonly home: string; readonly paper: string }> {
  const home = scratch.fresh()
  const paper = join(home, '.local/state/desk/paper')
  mkdirSync(join(paper, '..'), { recursive: true })
  const made = await tradingDesk(scratch)
  await inOwnMounts(`mv ${made} ${paper}`, made)
  return { home, paper }
}

mounted('desk kill halts every live desk first, then the paper desk, and names each', async () => {
  const { home, paper } = await homeWithPaper()
  const [equities, futures] = [liveDesk('equities'), liveDesk('futures')]
  const before = [equities, futures, paper].map(standingOf)
  expect(before).toEqual(['TRADING', 'TRADING', 'TRADING'])
  const out = await inOwnMounts(
    `${ownEtc}
    printf '# live desks\\nequities ${equities}\\nfutures ${futures}\\n' > /etc/desk/live
    desk kill --reason drill`,
    paper,
    everyDesk(home),
  )
  expect(out.split('\n').slice(0, 3)).toEqual(['HALTED equities', 'HALTED futures', 'HALTED paper'])
  for (const dir of [equities, futures, paper]) {
    expect(out).toContain(dir)
    expect(existsSync(join(dir, 'permit', `trade@${bootId() ?? ''}`))).toBe(false)
  }
})

mounted('a narrower profile halts that desk only', async () => {
  const { home, paper } = await homeWithPaper()
  const equities = liveDesk('equities')
  const out = await inOwnMounts(
    `${ownEtc}\nprintf 'equities ${equities}\\n' > /etc/desk/live\ndesk kill --profile paper`,
    paper,
    everyDesk(home),
  )
  expect(out).toContain('[0]')
  expect([standingOf(equities), standingOf(paper)]).toEqual(['TRADING', 'HALTED'])
})

mounted.each([
  ['cannot be read', 'mkdir /etc/desk/live'],
  ['has a line that makes no sense', "printf 'equities relative/path\\n' > /etc/desk/live"],
])('a registry that %s: what is known is halted, the rest is said loudly, exit 1', async (_, make) => {
  const { home, paper } = await homeWithPaper()
  const out = await inOwnMounts(`${ownEtc}\n${make}\ndesk kill`, paper, everyDesk(home))
  expect(out).toContain('HALTED paper')
  expect(out).toMatch(/desk kill: \/etc\/desk\/live/)
  expect(out).toContain('[1]')
  expect(standingOf(paper)).toBe('HALTED')
})

mounted(
  'a live desk halted from anywhere: its last good configuration says where its venues are and whom to ask',
  async () => {
    const { home, paper } = await homeWithPaper()
    const equities = liveDesk('equities')
    const venues = scratch.fresh()
    mkdirSync(venues)
    const order = {
      ...{ id: '1', clientOrderId: 'c-1', symbol: 'AAPL', side: 'sell', quantity: '10', filled: '0' },
      price: '90',
    }
    writeFileSync(join(venues, 'fast.json'), JSON.stringify([{ ...order, status: 'open', protective: true }]))
    const command = [execPath, join(import.meta.dirname, '..', 'support', 'venue-program.mjs'), venues]
    writeFileSync(
      join(equities, 'known-config.json'),
      JSON.stringify({
        venues: ['fast'],
        adapters: [{ serves: ['venue', 'tickets', 'notify'], kind: 'exec', command }],
      }),
    )
    const out = await inOwnMounts(
      `${ownEtc}\nprintf 'equities ${equities}\\n' > /etc/desk/live\ncd /\ndesk kill --profile equities --reason drill\ndesk kill --profile equities`,
      paper,
      everyDesk(home),
    )
    expect(out).toContain('HALTED equities')
    expect(out).toContain('no configuration was found here; the last one that was good is used')
    expect(out).toMatch(/fast {4}0 open, 0 pending cancel, 0 unknown/)
    expect(out).toContain('stops   cancelled too: AAPL sell 10 at 90')
    expect(readFileSync(join(venues, 'fast.json'), 'utf8')).toBe('[]')
    const calls = readFileSync(join(venues, 'calls'), 'utf8').split('\n')
    // Once per halt, however often it is confirmed: whoever repeats the call says so with its key.
    for (const method of ['open', 'page']) {
      const sent = calls.filter((line) => line.startsWith(`${method} `))
      expect(new Set(sent)).toHaveProperty('size', 1)
      expect(sent[0]).toMatch(new RegExp(`^${method} ${method}-halt-`))
    }
  },
)

mounted(
  'on a disk that nothing can be removed from the venues are cancelled all the same, and it ends with 1',
  async () => {
    const { home, paper } = await homeWithPaper()
    const equities = liveDesk('equities')
    const venues = scratch.fresh()
    mkdirSync(venues)
    writeFileSync(join(venues, 'fast.json'), '[]')
    const command = [execPath, join(import.meta.dirname, '..', 'support', 'venue-program.mjs'), venues]
    writeFileSync(
      join(equities, 'known-config.json'),
      JSON.stringify({ venues: ['fast'], adapters: [{ serves: ['venue'], kind: 'exec', command }] }),
    )
    const out = await inOwnMounts(
      `${ownEtc}\nprintf 'equities ${equities}\\n' > /etc/desk/live\ncd /
    mount --bind ${equities} ${equities}; mount -o remount,bind,ro ${equities}
    desk kill --profile equities`,
      paper,
      everyDesk(home),
    )
    expect(out).toMatch(/^NOT HALTED equities$/m)
    expect(out).toContain('EROFS')
    expect(out).toContain('[1]')
    expect(readFileSync(join(venues, 'calls'), 'utf8')).toMatch(/^cancelAllOrders fast /m)
  },
)
