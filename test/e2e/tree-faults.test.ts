/** Recovery trees by probes alone, under each fault of the paper desk, and what acting on their leaves leaves behind. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PaperDesk } from '../adapters/paper/desk.ts'
import { Desk } from '../support/desk.ts'
import { fields } from '../support/json-answers.ts'
import type { FaultId } from '../../src/adapters/paper/faults.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const exitOf = { resume: 10, investigate: 11, throttle: 12, rollback: 13, 'kill-switch': 14 }
interface Seen {
  readonly tree: string
  readonly fault: string
  readonly faults: readonly FaultId[]
  readonly path: string
  readonly leaf: string
  readonly kind: keyof typeof exitOf
}

const seen = (tree: string, fault: string, path: string, leaf: string, kind: keyof typeof exitOf): Seen => ({
  ...{ tree, fault, path, leaf, kind },
  faults: fault.split(' ').filter((id): id is FaultId => id !== 'nothing'),
})

/** Every question that a probe may answer is answered both ways. */
const table: readonly Seen[] = [
  seen('no-fills', 'status-red', 'q1=no', 'broker-down', 'kill-switch'),
  seen('no-fills', 'bad-lots', 'q1=yes q2=no', 'order-builder', 'rollback'),
  seen('no-fills', 'rate-limit-gone', 'q1=yes q2=yes q3=yes', 'rate-limited', 'throttle'),
  seen('no-fills', 'blank-rejects', 'q1=yes q2=yes q3=no', 'reject-codes', 'investigate'),
  seen('no-fills', 'venue-silent', 'q1=yes q2=yes q3=unsure', 'rate-limited', 'throttle'),
  seen('wrong-pnl', 'nothing', 'q1=no', 'too-early', 'investigate'),
  seen('wrong-pnl', 'pnl-outside-1', 'q1=no', 'too-early', 'investigate'),
  seen('wrong-pnl', 'pnl-outside-3', 'q1=yes q2=yes', 'decaying', 'throttle'),
  seen('wrong-pnl', 'pnl-outside-3 replay-disagrees', 'q1=yes q2=no', 'engine-disagrees', 'rollback'),
  seen('missing-data', 'nothing', 'q1=unsure q3=yes', 'use-backup', 'rollback'),
  seen('missing-data', 'stale-one', 'q1=yes q2=no', 'vendor-symbol', 'investigate'),
  seen('missing-data', 'stale-one-corporate-action', 'q1=yes q2=yes', 'corporate-action', 'investigate'),
  seen('missing-data', 'stale-all', 'q1=no q3=yes', 'use-backup', 'rollback'),
  seen('missing-data', 'stale-all backup-dead', 'q1=no q3=no', 'both-dead', 'kill-switch'),
  seen('alerts-spam', 'nothing', 'q1=unsure', 'unrelated', 'throttle'),
  seen('alerts-spam', 'alert-storm-unrelated', 'q1=no', 'unrelated', 'throttle'),
  seen('alerts-spam', 'alert-storm-parent', 'q1=yes q2=no', 'new-parent', 'investigate'),
  seen('alerts-spam', 'alert-storm-known-parent', 'q1=yes q2=yes', 'known-parent', 'investigate'),
  seen('config-mismatch', 'config-hot-edit', 'q1=no', 'unexplained', 'rollback'),
  // A broken adapter makes every probe unsure, and the way most cautious.
  seen('no-fills', 'adapter-throws', 'q1=unsure', 'broker-down', 'kill-switch'),
  seen('no-fills', 'adapter-nonsense', 'q1=unsure', 'broker-down', 'kill-switch'),
  seen('wrong-pnl', 'adapter-throws', 'q1=unsure q2=unsure', 'engine-disagrees', 'rollback'),
  seen('missing-data', 'adapter-nonsense', 'q1=unsure q3=unsure', 'both-dead', 'kill-switch'),
  seen('alerts-spam', 'adapter-throws', 'q1=unsure', 'unrelated', 'throttle'),
  seen('config-mismatch', 'adapter-nonsense', 'q1=unsure', 'unexplained', 'rollback'),
]

type Json = Awaited<ReturnType<Desk['json']>>
const pathOf = ({ value }: Json): string =>
  (Array.isArray(value['path']) ? value['path'] : [])
    .map((step: unknown) => {
      const { question, answer, by } = fields(step)
      expect(by).toMatch(/^probe:[a-z]+\.\w+$/)
      return `${String(question)}=${String(answer)}`
    })
    .join(' ')

const breakIt = async (faults: readonly FaultId[]): Promise<void> => {
  for (const id of faults) await desk.fault(id)
}
const trading = async (): Promise<Record<string, unknown>> => fields((await desk.json(['status'])).value['trading'])
const world = (): PaperDesk => new PaperDesk(desk.stateDir, desk.now)

const perVenue = (method: string, field: string): Promise<readonly unknown[]> =>
  Promise.all(['primary', 'backup'].map(async (venue) => (await world().value(method, { venue })).at(field)))

describe('by probes', () => {
  it.each(table)('$tree under $fault goes $path to $leaf', async ({ tree, faults, path, leaf, kind }) => {
    await breakIt(faults)
    const ran = await desk.json(['tree', tree, '--detailed-exitcode'])
    expect(ran.value).toMatchObject({ tree, run: { status: 'waiting' }, leaf: { id: leaf, kind } })
    expect(pathOf(ran)).toBe(path)
    expect(ran.code).toBe(exitOf[kind])
    // Arriving is a finding: nothing was done.
    expect(ran.value['actions']).toSatisfy((all: unknown) =>
      Array.isArray(all) ? all.every((each) => fields(each)['status'] === 'offered') : false,
    )
    expect(await trading()).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 1 })
  })

  it('what was meant is for a person: evidence is shown and answers nothing', async () => {
    await breakIt(['config-hot-edit-after-deploy'])
    const ran = await desk.json(['tree', 'config-mismatch', '--detailed-exitcode'])
    expect([pathOf(ran), ran.value['leaf'], ran.code]).toEqual(['q1=yes', undefined, 3])
    expect(ran.stderr).toMatch(/desk run continue run-\w+ --answer q2=/)
    const run = String(fields(ran.value['run'])['id'])
    const on = await desk.json(['run', 'continue', run, '--answer', 'q2=no', '--act'])
    expect(on.code).toBe(0)
    expect(on.value).toMatchObject({ leaf: { id: 'hot-edit' }, run: { id: run, status: 'succeeded' } })
    expect((await world().value('tickets.find', { kind: 'access-audit' })).list('tickets')).toHaveLength(1)
    expect((await world().value('config.diff')).at('same')).toBe(true)
  })

  it('an answer of a person overrules a probe, and the path says who', async () => {
    const { value } = await desk.json(['tree', 'no-fills', '--answer', 'q1=no'])
    expect(value['path']).toMatchObject([{ question: 'q1', answer: 'no', by: 'person:oncall' }])
  })
})

describe('--act', () => {
  const act = async (tree: string, faults: readonly FaultId[]): Promise<Json> => {
    await breakIt(faults)
    return desk.json(['tree', tree, '--act'])
  }
  const done = (...methods: readonly string[]) => methods.map((method) => ({ do: method, status: 'done' }))
  const symbolsOf = async (): Promise<readonly string[]> =>
    (await world().value('universe.list')).list('suppressed').map((each) => each.text('symbol'))
  const ticketsOf = async (kind: string): Promise<number> =>
    (await world().value('tickets.find', { kind })).list('tickets').length

  it('no-fills, status red: HALTED, and post-incident waits for a person', async () => {
    const { code, value } = await act('no-fills', ['status-red'])
    expect(code).toBe(3)
    expect(value).toMatchObject({
      leaf: { id: 'broker-down' },
      actions: done('runbook/killswitch'),
      then: [{ tree: 'post-incident', path: [] }],
    })
    expect(await trading()).toMatchObject({ state: 'HALTED', by: 'oncall' })
    expect(await perVenue('venue.fetchOpenOrders', 'open')).toEqual([0, 0])
    expect(await ticketsOf('incident')).toBe(1)
  })

  it('no-fills, bad lots: the change is reverted and live, one lot was tested', async () => {
    const { code, value } = await act('no-fills', ['bad-lots'])
    expect(code).toBe(0)
    expect(value['actions']).toEqual(
      done(
        ...['config.log', 'config.revert', 'config.push', 'config.deploy', 'universe.list', 'venue.probeOrder'],
        'venue.fetchOpenOrders',
      ),
    )
    const log = await world().value('config.log', { path: 'orders/', last: 1 })
    expect(log.text('commits', 0, 'subject')).toMatch(/^Revert/)
    expect((await world().value('config.diff')).at('same')).toBe(true)
    expect(await trading()).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 1 })
  })

  it('no-fills, rate limit gone: half the frequency, 25 %, and red while the budget does not come back', async () => {
    const { code, value } = await act('no-fills', ['rate-limit-gone'])
    expect(code).toBe(1)
    expect(value).toMatchObject({ leaf: { id: 'rate-limited' }, run: { status: 'failed' } })
    expect(value['actions']).toEqual([
      ...done('desk.throttleOrders', 'venue.fetchRateLimit', 'venue.fetchRateLimit', 'desk.throttle'),
      { do: 'venue.fetchRateLimit', status: 'failed' },
    ])
    expect(await trading()).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 0.25, orderRate: 0.5 })
  })

  it('no-fills, blank rejects: the codes are on record and the broker is asked', async () => {
    const { code, value } = await act('no-fills', ['blank-rejects'])
    expect(code).toBe(0)
    expect(value['actions']).toEqual(done('venue.fetchRejects', 'tickets.open'))
    expect(await ticketsOf('broker')).toBe(1)
  })

  it('no-fills, venue silent: what cannot be read is undetermined, never done', async () => {
    const { code, value } = await act('no-fills', ['venue-silent'])
    expect(code).toBe(2)
    expect(value).toMatchObject({ leaf: { id: 'rate-limited' }, run: { status: 'undetermined' } })
    expect(await trading()).toMatchObject({ state: 'ACTIVE', orderRate: 0.5 })
  })

  it('wrong-pnl, one day outside: a note and nothing else', async () => {
    const { code, value } = await act('wrong-pnl', ['pnl-outside-1'])
    expect(code).toBe(0)
    expect(value['actions']).toEqual(done('metrics.pnlBand', 'desk.note'))
    expect(await trading()).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 1, orderRate: 1 })
  })

  it('wrong-pnl, three days outside: half size and a decision to take', async () => {
    const { code, value } = await act('wrong-pnl', ['pnl-outside-3'])
    expect(code).toBe(0)
    expect(value['actions']).toEqual(done('desk.throttle', 'tickets.open'))
    expect(await trading()).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 0.5 })
    expect(await ticketsOf('decision')).toBe(1)
  })

  it('wrong-pnl, replay disagrees: the previous model at once, its proof after the session', async () => {
    const { code, value, stderr } = await act('wrong-pnl', ['pnl-outside-3', 'replay-disagrees'])
    expect(code).toBe(3)
    expect(value['actions']).toMatchObject([{ do: 'runbook/model-rollback' }, { do: 'tickets.open', status: 'done' }])
    expect(stderr).toContain('desk run continue --due')
    expect(await ticketsOf('bug')).toBe(1)
    const production = await world().value('registry.getVersionByAlias', { model: 'signal', alias: 'production' })
    expect(production.text('version')).toBe('v1.3.2')
  })

  it.each([
    ['stale-one', 'vendor-symbol', 1],
    ['stale-one-corporate-action', 'corporate-action', 0],
  ] as const)('missing-data, %s: the one symbol is out, the others trade', async (fault, leaf, tickets) => {
    const { code, value } = await act('missing-data', [fault])
    expect(code).toBe(0)
    expect(value).toMatchObject({ leaf: { id: leaf } })
    expect(await symbolsOf()).toEqual(['NVDA'])
    expect(await ticketsOf('vendor')).toBe(tickets)
    expect(await trading()).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 1 })
  })

  it('missing-data, feed stale: the backup vendor, then reconciled', async () => {
    const { code, value } = await act('missing-data', ['stale-all'])
    expect(code).toBe(0)
    expect(value['actions']).toEqual(
      done('routing.getDataVendor', 'routing.setDataVendor', 'data.freshness', 'runbook/reconciliation'),
    )
    expect((await world().value('routing.getDataVendor')).at('vendor')).toBe('backup')
    expect((await desk.json(['status'])).value['holds']).toEqual([])
  })

  it('missing-data, both vendors dead: HALTED, and flat when the data does not come back', async () => {
    const { code, value } = await act('missing-data', ['stale-all', 'backup-dead'])
    expect(code).toBe(1)
    expect(value['actions']).toMatchObject([
      ...done('runbook/killswitch', 'venues.tightenStops', 'desk.session', 'wait'),
      { do: 'data.freshness', status: 'failed' },
    ])
    expect(await trading()).toMatchObject({ state: 'HALTED' })
    desk.at('2026-11-20T15:50:00-05:00')
    expect(await perVenue('venue.fetchPositions', 'positions')).toEqual([[], []])
  })

  it('alerts-spam, unrelated: half size, nothing silenced', async () => {
    const { code, value } = await act('alerts-spam', ['alert-storm-unrelated'])
    expect(code).toBe(0)
    expect(value['actions']).toEqual(done('desk.throttle', 'alerts.rootCauses', 'notify.page'))
    expect(await trading()).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 0.5 })
  })

  it.each([
    ['alert-storm-parent', 'new-parent'],
    ['alert-storm-known-parent', 'known-parent'],
  ] as const)('alerts-spam, %s: one incident and no more', async (fault, leaf) => {
    const { code, value } = await act('alerts-spam', [fault])
    expect(code).toBe(0)
    expect(value).toMatchObject({ leaf: { id: leaf } })
    expect(await ticketsOf('incident')).toBe(1)
    expect(await trading()).toMatchObject({ state: 'ACTIVE', sizeMultiplier: 1 })
  })

  it('config-mismatch, hand edit without a deploy: the committed files are live again, under review', async () => {
    const { code, value } = await act('config-mismatch', ['config-hot-edit'])
    expect(code).toBe(0)
    expect(value['actions']).toEqual(
      done('config.diff', 'storage.put', 'config.head', 'config.deploy', 'tickets.open', 'config.diff'),
    )
    expect((await world().value('config.diff')).at('same')).toBe(true)
    expect(await ticketsOf('security-review')).toBe(1)
  })

  it('a limit that was softened by hand is never committed as intended', async () => {
    await breakIt(['limits-softened'])
    const { code, value } = await desk.json([
      ...['tree', 'config-mismatch', '--act'],
      ...['--answer', 'q1=yes', '--answer', 'q2=yes'],
    ])
    expect(value).toMatchObject({ leaf: { id: 'commit-live' } })
    expect(code).toBe(1)
    expect((await world().value('config.diff')).at('loosens')).toBe(true)
  })
})
