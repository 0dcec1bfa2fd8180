import { describe, expect, it } from 'vitest'
import { gateSet, library } from './shipped.ts'

const { gates, cadence, calendar } = gateSet('daily')
const gate = (id: string) => {
  const found = gates.find((g) => g.id.value === id)
  if (found === undefined) throw new Error(`${id} is not a daily gate`)
  return found
}
const checks = (id: string) => {
  const { proof } = gate(id)
  return proof.kind === 'checks' ? proof.checks : []
}

describe('daily gates', () => {
  it('are D1 to D5 of every XNYS session', () => {
    expect([cadence, calendar, gates.map((g) => g.id.value)]).toEqual(['daily', 'XNYS', ['D1', 'D2', 'D3', 'D4', 'D5']])
  })
  it('are due before the open, or from the close to the next half hour before the open', () => {
    const before = { from: { at: 'open', offsetMs: -1_800_000 }, to: { at: 'open', offsetMs: 0 } }
    const after = { from: { at: 'close', offsetMs: 0 }, to: { at: 'next open', offsetMs: -1_800_000 } }
    expect(gates.map((g) => g.due)).toEqual([before, before, after, after, after])
    expect(gates.map((g) => g.marketTime)).toEqual([true, true, false, false, false])
  })
  it('D1 suppresses stale symbols and keeps no hold that its own pass would lift', () => {
    expect(checks('D1').map((c) => [c.call.method.value, c.expect?.text])).toEqual([
      ['data.freshness', 'result.traded > 0 && result.stale == 0'],
    ])
    expect(gate('D1').onFail.map((a) => (a.kind === 'do' ? a.call.method.value : a.kind))).toEqual([
      'universe.suppress',
    ])
  })
  it('D2 compares every host with the registry and holds the model', () => {
    expect(checks('D2').map((c) => c.call.method.value)).toEqual(['registry.getVersionByAlias', 'inference.healthz'])
    expect(checks('D2')[1]?.expect?.text).toBe(
      'size(result.hosts) == config.hosts.inference && result.hosts.all(h, h.modelHash == pinned.hash)',
    )
    expect(gate('D2').onFail).toMatchObject([
      { kind: 'hold', hold: 'no-new', scope: { text: 'model:${{ config.model }}' } },
    ])
  })
  it('D3 passes when the day that closed is on record, inside the band or not', () => {
    expect(checks('D3').map((c) => [c.call.method.value, c.expect?.text])).toEqual([
      ['metrics.pnlBand', 'result.date == run.closedSession'],
    ])
    expect(checks('D3')[0]?.record.map((r) => r.text)).toContain('result.inside')
  })
  it('D4 rests on a reconciliation within its window and holds the desk', () => {
    expect(gate('D4').proof).toMatchObject({
      kind: 'evidence',
      event: { value: 'reconciliation.completed' },
      young: 'window',
    })
    expect(gate('D4').onFail).toMatchObject([{ kind: 'hold', hold: 'no-new', scope: { text: 'desk' } }])
  })
  it('D5 records slippage, rejects and latency, and passes where every deviation is documented', () => {
    expect(checks('D5').map((c) => [c.call.method.value, c.expect?.text])).toEqual([
      ['reports.executionQuality', 'result.date == run.closedSession && result.undocumented == 0'],
    ])
    expect(checks('D5')[0]?.record.map((r) => r.text)).toEqual(
      expect.arrayContaining(['result.slippageBps', 'result.rejected', 'result.averageFillMs']),
    )
  })
})

describe('gates after a deployment', () => {
  it('follow events that a shipped runbook records, each of them', () => {
    const recorded = [...library.graphs.values()].map(({ records }) => records)
    const { after } = gateSet('post-deployment')
    expect(after?.value.length).toBeGreaterThan(0)
    for (const event of after?.value ?? []) expect(recorded, event).toContain(event)
  })
  it('and what gates take as evidence some shipped runbook records as well', () => {
    const graphs = [...library.graphs.values()]
    const recorded = graphs.map(({ records }) => records)
    const events = graphs.flatMap(({ cadence, nodes }) =>
      (cadence?.gates ?? []).flatMap(({ node }) => {
        const gate = nodes.get(node)
        return gate?.kind === 'evidence' ? [gate.event] : []
      }),
    )
    expect(events.length).toBeGreaterThan(4)
    for (const event of events) expect(recorded, event).toContain(event)
  })
})
