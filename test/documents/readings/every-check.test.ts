/**
 * Every check, probe and proof of the shipped procedures is told every lie there is about what it was honestly told. It must not pass;
 * or what lies is nothing that it reads, and then it says what it said before.
 */
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { guarded } from '../../../src/adapters/guarded.ts'
import type { Invocation } from '../../../src/model/graph.ts'
import type { SampleFor } from '../../../src/walk/command.ts'
import type * as JudgeModule from '../../../src/walk/judge.ts'
import { judge, type Judged } from '../../../src/walk/judge.ts'
import { evaluateArgs } from '../../../src/walk/scope.ts'
import { adapterWith } from '../../adapters/support.ts'
import { hearHonest, type Heard, type Judgement } from './honest.ts'
import { type Honest, liesAbout, type Lie } from './lies.ts'

const judgements: Judgement[] = []
vi.mock('../../../src/walk/judge.ts', async (original) => {
  const module = await original<typeof JudgeModule>()
  const listening: typeof module.judge = (what, reading, env, now) => {
    const judged = module.judge(what, reading, env, now)
    judgements.push({ what, reading, env, judged })
    return judged
  }
  return { ...module, judge: listening }
})

const invocationOf = (what: SampleFor): Invocation =>
  what.kind === 'check' ? what.node.check : what.kind === 'probe' ? what.probe.check : what.needs.check

/** All that the verdict comes from. */
const textsOf = (what: SampleFor): readonly string[] =>
  what.kind === 'check'
    ? [what.node.expect.text, ...what.node.record.map(({ text }) => text)]
    : [what.kind === 'probe' ? what.probe.answer.text : what.needs.holds.text]

async function judgedOn({ what, env }: Judgement, honest: Honest, lie: Lie): Promise<Judged> {
  const { method, args } = invocationOf(what)
  const now = (): Date => new Date(honest.asOf)
  const resolved = evaluateArgs(args, env)
  if (resolved.kind === 'undetermined') throw new Error(resolved.reason)
  const adapter = guarded(adapterWith({ read: () => lie.reading }), { secrets: [], now })
  const call = { port: method.port, method: method.name, args: resolved.value, timeoutMs: 1000 }
  return judge(what, await adapter.read({ ...call, signal: new AbortController().signal }), env, now())
}

/** A probe leads somewhere; where the lie leads to the cautious way, nobody was talked into anything. */
function isCautious(what: SampleFor, { answer }: Judged): boolean {
  return what.kind === 'probe' && answer !== undefined && what.node.to.get(answer) === what.node.unsure
}

/** What is only put on record in a procedure is shown to people and decides nothing; in a gate being on record is what passes. */
const decidesNothing = (name: string, what: SampleFor): boolean =>
  what.kind === 'check' && what.node.expect.text === 'true' && !name.startsWith('gates/')

/** Checks that hold on less than they were told, and rightly. */
const holdsOnLess: Readonly<Record<string, string>> = {
  'runbooks/startup-after-incident.yaml live-holders locks is empty': 'a system without any lock is in nobody’s way',
}

let heard: Heard
beforeAll(async () => {
  heard = await hearHonest(judgements)
}, 120_000)

describe('every check', () => {
  test('has passed on an honest reading', () => {
    expect(heard.wanted.length).toBeGreaterThan(400)
    expect(heard.wanted.filter((name) => !heard.passed.has(name))).toEqual([])
  })

  test('passes on no lie about what it reads', async () => {
    const fooled: string[] = []
    const excused = new Set<string>()
    let told = 0
    for (const [name, judgement] of heard.passed) {
      const { what, reading } = judgement
      if (reading.kind === 'failure') throw new Error(`${name} passed on a failure`)
      for (const lie of liesAbout(reading)) {
        told += 1
        const judged = await judgedOn(judgement, reading, lie)
        if (judged.verdict !== 'ok' || isCautious(what, judged) || decidesNothing(name, what)) continue
        const key = `${name} ${lie.name}`
        const isRead = textsOf(what).some((text) => reads(text, lie.field))
        const isSame = judged.answer === judgement.judged.answer
        if (Object.hasOwn(holdsOnLess, key)) excused.add(key)
        else if (isRead || !isSame) fooled.push(`${key}: ${textsOf(what).join('; ')}`)
      }
    }
    expect(fooled).toEqual([])
    expect([...excused]).toEqual(Object.keys(holdsOnLess))
    expect(told).toBeGreaterThan(7000)
  })

  test('is undetermined, never failed, on a reading that cannot be believed', async () => {
    const wrong: string[] = []
    for (const [name, judgement] of heard.passed) {
      const { reading } = judgement
      if (reading.kind === 'failure') continue
      for (const lie of liesAbout(reading).filter(
        ({ field, name: what }) => field === undefined || /NaN|∞|nity/.test(what),
      )) {
        const { verdict, evidence } = await judgedOn(judgement, reading, lie)
        if (verdict !== 'undetermined' || (evidence.reason ?? '') === '') wrong.push(`${name} ${lie.name}: ${verdict}`)
      }
    }
    expect(wrong).toEqual([])
  })
})

/** A lie about the whole is read by everybody. */
const reads = (text: string, field: string | undefined): boolean =>
  field === undefined || new RegExp(`\\b${field}\\b`).test(text)
