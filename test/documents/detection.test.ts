import { describe, expect, it } from 'vitest'
import type { CheckNode } from '../../src/model/graph.ts'
import { judge } from '../../src/walk/judge.ts'
import { evaluateArgs } from '../../src/walk/scope.ts'
import { library } from './shipped.ts'

const now = new Date('2026-11-20T15:00:00Z')

function detectionOf(incident: string, id: string): CheckNode {
  const node = library.graphs.get(`incident/${incident}`)?.nodes.get(`${id}@detect`)
  if (node?.kind !== 'check') throw new Error(`${incident} detects nothing by ${id}`)
  return node
}

/** Whether it holds that nothing is wrong. */
function verdictOn(node: CheckNode, value: Readonly<Record<string, unknown>>): string {
  const reading = { kind: 'value', value, asOf: now.toISOString(), source: 'here', complete: true } as const
  return judge({ kind: 'check', node }, reading, {}, now).verdict
}

describe('a broker is out', () => {
  const heartbeat = detectionOf('broker-outage', 'heartbeat')
  const beats = (checks: number, failed: number, consecutiveFailed: number) =>
    verdictOn(heartbeat, { venue: 'primary', checks, failed, consecutiveFailed, windowSeconds: 30 })

  it('is asked for the heartbeats of 30 seconds, and for all of them', () => {
    expect(evaluateArgs(heartbeat.check.args, {})).toMatchObject({ kind: 'known', value: { last: 30, seconds: 30 } })
  })
  it('where three heartbeats failed in that time, in a row or not', () => {
    expect(beats(3, 3, 3)).toBe('failed')
    expect(beats(6, 3, 1)).toBe('failed')
    expect(beats(6, 2, 2)).toBe('ok')
    expect(beats(3, 0, 0)).toBe('ok')
  })
  it('and nobody can tell where fewer than three were made', () => {
    expect(beats(2, 0, 0)).toBe('undetermined')
    expect(beats(2, 2, 2)).toBe('undetermined')
    expect(beats(0, 0, 0)).toBe('undetermined')
  })

  const acknowledgements = detectionOf('broker-outage', 'acknowledgements')
  const acks = (p50Ms: number, count = 20) =>
    verdictOn(acknowledgements, { venue: 'primary', count, p50Ms, p95Ms: p50Ms, baselineMs: 12, missing: 0 })

  it('where acknowledgements take more than five times as long as usual', () => {
    expect(acks(60)).toBe('ok')
    expect(acks(60.001)).toBe('failed')
    expect(acks(12, 0)).toBe('undetermined')
  })
})
