/** A killer against processes that release, promote and throttle: nothing that a halt removed may come back by an older request. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { hrtime } from 'node:process'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { contentOf, inForce, tighten } from '../../src/killswitch/permit.ts'
import { tokensOfHalt } from '../../src/killswitch/scope.ts'
import { bundle } from '../support/bundle.ts'
import type { Attempt } from './fixtures/contender.ts'
import { boot, type TestDesk } from './support.ts'

export interface Contest {
  readonly halts: number
  /** Halts that found a desk which could trade: without them nothing was contested. */
  readonly haltsOfTrading: number
  readonly granted: number
  readonly voided: number
  /** What was in force after a halt had returned although it had been asked for before that halt began. */
  readonly resurrected: readonly string[]
}

const isAttempt = (value: unknown): value is Attempt =>
  typeof value === 'object' && value !== null && 'id' in value && 'filedAt' in value && 'isGranted' in value

export async function contest(desk: TestDesk, halts: number): Promise<Contest> {
  const file = await bundle('test/killswitch/fixtures/contender.ts')
  const children = ['releaser', 'releaser', 'promoter', 'throttler'].map((role) => fork(file, [desk.stateDir, role]))
  const began: bigint[] = []
  const seen: { readonly id: string; readonly halt: number }[] = []
  let haltsOfTrading = 0
  for (let halt = 0; halt < halts; halt++) {
    // Until somebody has released it again, or for a while.
    for (let turns = 0; turns < 200 && contentOf(inForce(desk.permit, 'trade', boot)) === undefined; turns++)
      await nextTurn()
    if (contentOf(inForce(desk.permit, 'trade', boot)) !== undefined) haltsOfTrading++
    began.push(hrtime.bigint())
    tighten(desk.permit, tokensOfHalt({ kind: 'all' }), boot)
    for (let look = 0; look < 4; look++) {
      for (const token of ['trade', 'open', 'full'] as const) {
        const id = contentOf(inForce(desk.permit, token, boot))
        if (id !== undefined) seen.push({ id, halt })
      }
    }
  }
  const attempts = new Map<string, Attempt>()
  for (const child of children) {
    const answer: Promise<unknown[]> = once(child, 'message')
    child.send('stop')
    const list = (await answer)[0]
    for (const attempt of Array.isArray(list) ? list.filter(isAttempt) : []) attempts.set(attempt.id, attempt)
  }
  const isOld = ({ id, halt }: (typeof seen)[number]): boolean => {
    const filedAt = attempts.get(id)?.filedAt
    return filedAt === undefined || BigInt(filedAt) < (began[halt] ?? 0n)
  }
  const granted = [...attempts.values()].filter((attempt) => attempt.isGranted).length
  return {
    halts,
    haltsOfTrading,
    granted,
    voided: attempts.size - granted,
    resurrected: seen.filter(isOld).map(({ id }) => id),
  }
}
