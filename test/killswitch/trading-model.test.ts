/**
 * People and processes take turns: halts, holds by rules, throttles, requests, approvals. After every turn the gate answers what a model
 * of twenty lines says, which knows neither files nor a log.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { evidenceInLog, reconciledEvent, resumeEvent } from '../../src/killswitch/evidence.ts'
import { mayTrade } from '../../src/killswitch/gate.ts'
import { liftHold, placeHold } from '../../src/killswitch/hold.ts'
import { approveRelease, requestRelease } from '../../src/killswitch/release.ts'
import { decidingAs } from '../../src/killswitch/roster.ts'
import { type HoldKind, type Scope, nameScope } from '../../src/killswitch/scope.ts'
import { throttle } from '../../src/killswitch/throttle.ts'
import { boot, freshDesk, halt, leaveEvidence, type TestDesk } from './support.ts'

const venues = ['primary', 'backup'] as const
const people = ['oncall', 'risk'] as const
const rules = ['gates/daily#D1', 'gates/daily#D2'] as const
const scopes: readonly Scope[] = [
  { kind: 'all' },
  { kind: 'venue', id: 'primary' },
  { kind: 'model', id: 'signal' },
  { kind: 'symbol', id: 'AAPL' },
]

/** Moments are counted by turns. */
interface Model {
  turn: number
  /** Of the latest halt of each scope that no release has lifted. */
  readonly haltedAt: Map<string, number>
  isClosedOnly: boolean
  size: number
  /** `scope rule` to the kinds that it holds. */
  readonly holds: Map<string, Set<HoldKind>>
  requests: { readonly id: string; readonly scope: Scope; readonly by: string; readonly at: number }[]
  evidenceAt: number
}
/** A hold, or going close-only, voids what was asked for before it, and a request says what it grants: after a change of holds people ask anew. */
function forgetRequests(model: Model, about: Scope): void {
  model.requests = model.requests.filter((request) => nameScope(request.scope) !== nameScope(about))
}
const newModel = (): Model => ({
  turn: 0,
  haltedAt: new Map(),
  isClosedOnly: false,
  size: 1,
  holds: new Map(),
  requests: [],
  evidenceAt: -1,
})

function expected(model: Model, asked: readonly string[]): { readonly allowed: string; readonly size: number } {
  const kinds = [...model.holds]
    .filter(([name]) => asked.includes(name.split(' ')[0] ?? ''))
    .flatMap(([, of]) => [...of])
  const isDenied = asked.some((scope) => model.haltedAt.has(scope)) || kinds.includes('no-new')
  if (isDenied) return { allowed: 'none', size: 0 }
  return model.isClosedOnly || kinds.includes('reduce-only')
    ? { allowed: 'reduce-only', size: 0 }
    : { allowed: 'all', size: model.size }
}

function compare(model: Model, { stateDir }: TestDesk): void {
  for (const venue of venues)
    for (const symbol of ['AAPL', 'MSFT']) {
      const asked = ['all', `venue:${venue}`, 'model:signal', `symbol:${symbol}`]
      const { allowed, sizeMultiplier } = mayTrade({ stateDir, venue, model: 'signal', symbol })
      expect([asked, { allowed, size: sizeMultiplier }]).toEqual([asked, expected(model, asked)])
    }
}

type Turn =
  | { readonly kind: 'halt'; readonly scope: Scope }
  | { readonly kind: 'hold' | 'lift'; readonly scope: Scope; readonly rule: string; readonly holdKind: HoldKind }
  | { readonly kind: 'throttle'; readonly size: 0 | 0.25 | 0.5 }
  | { readonly kind: 'request'; readonly scope: Scope; readonly by: string }
  | { readonly kind: 'approve'; readonly by: string; readonly which: number }
  | { readonly kind: 'prove' }

const scope = fc.constantFrom(...scopes)
const turns: fc.Arbitrary<Turn> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('halt' as const), scope }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('hold' as const, 'lift' as const),
      scope,
      rule: fc.constantFrom(...rules),
      holdKind: fc.constantFrom('no-new' as const, 'reduce-only' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('throttle' as const),
      size: fc.constantFrom(0 as const, 0.25 as const, 0.5 as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('request' as const), scope, by: fc.constantFrom(...people) }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('approve' as const), by: fc.constantFrom(...people), which: fc.nat(2) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'prove' as const }) },
)

/** The whole way back, which chance alone would hardly find: now and then with one and the same person on both ends. */
const wayBack: fc.Arbitrary<readonly Turn[]> = fc
  .record({ scope, by: fc.constantFrom(...people), approver: fc.constantFrom(...people) })
  .map(({ scope: about, by, approver }) => [
    { kind: 'halt', scope: about },
    { kind: 'request', scope: about, by },
    { kind: 'prove' },
    { kind: 'approve', by: approver, which: 0 },
  ])
const plays = fc
  .array(fc.oneof({ weight: 6, arbitrary: turns.map((turn) => [turn]) }, { weight: 1, arbitrary: wayBack }), {
    minLength: 4,
    maxLength: 16,
  })
  .map((list) => list.flat())

async function take(turn: Turn, model: Model, desk: TestDesk): Promise<'granted' | undefined> {
  const at = ++model.turn
  const { stateDir, means } = desk
  switch (turn.kind) {
    case 'halt':
      halt(desk, turn.scope)
      model.haltedAt.set(nameScope(turn.scope), at)
      return undefined
    case 'hold': {
      const { scope: about, rule, holdKind } = turn
      placeHold(stateDir, boot, { scope: about, kind: holdKind, rule, reason: 'a test' }, means)
      const name = `${nameScope(about)} ${rule}`
      forgetRequests(model, about)
      model.holds.set(name, new Set([...(model.holds.get(name) ?? []), holdKind]))
      return undefined
    }
    case 'lift':
      await liftHold(stateDir, boot, { scope: turn.scope, rule: turn.rule, reason: 'a test' }, means)
      forgetRequests(model, turn.scope)
      model.holds.delete(`${nameScope(turn.scope)} ${turn.rule}`)
      return undefined
    case 'throttle': {
      const isHalted = model.haltedAt.has('all')
      const { kind } = throttle(stateDir, boot, { size: turn.size, by: 'oncall', reason: 'a test' }, means)
      const level = isHalted || model.isClosedOnly ? 0 : model.size
      expect(kind).toBe(turn.size > level ? 'refused' : 'throttled')
      if (kind === 'refused') return undefined
      if (turn.size === 0) {
        model.isClosedOnly = true
        forgetRequests(model, { kind: 'all' })
      } else model.size = turn.size
      return undefined
    }
    case 'request':
      return ask(turn, model, desk, at)
    case 'approve':
      return approve(turn, model, desk)
    case 'prove':
      for (const event of [resumeEvent, reconciledEvent]) leaveEvidence(desk, event)
      model.evidenceAt = at
      return undefined
  }
}

async function ask(
  { scope: about, by }: Extract<Turn, { kind: 'request' }>,
  model: Model,
  { stateDir, means }: TestDesk,
  at: number,
): Promise<undefined> {
  const decider = decidingAs({ id: by, via: 'paper' }, 'paper')
  const asked = await requestRelease(stateDir, boot, { scope: about, by: decider, reason: 'a test' }, means)
  expect(asked.kind).toBe(model.haltedAt.has(nameScope(about)) ? 'requested' : 'refused')
  if (asked.kind === 'requested') model.requests.unshift({ id: asked.request.id, scope: about, by, at })
  return undefined
}

async function approve(
  { by, which }: Extract<Turn, { kind: 'approve' }>,
  model: Model,
  { stateDir, means }: TestDesk,
): Promise<'granted' | undefined> {
  const request = model.requests[which]
  if (request === undefined) return undefined
  const decider = decidingAs({ id: by, via: 'paper' }, 'paper')
  const answer = await approveRelease(stateDir, boot, request.id, decider, evidenceInLog(stateDir), means)
  const name = nameScope(request.scope)
  const haltedAt = model.haltedAt.get(name)
  const isDue = haltedAt !== undefined && haltedAt < request.at && haltedAt < model.evidenceAt && by !== request.by
  expect([request, answer.kind]).toEqual([request, isDue ? 'granted' : 'refused'])
  if (!isDue) return undefined
  model.haltedAt.delete(name)
  if (name === 'all') {
    model.isClosedOnly = false
    model.size = 0.25
  }
  return 'granted'
}

test('whoever takes turns in whatever order: the gate answers what a simple model says', async () => {
  let taken = 0
  let granted = 0
  const runs = Number(process.env['DESK_MODEL_RUNS'] ?? '25')
  await fc.assert(
    fc.asyncProperty(plays, async (list) => {
      const [model, desk] = [newModel(), freshDesk()]
      for (const turn of list) {
        if ((await take(turn, model, desk)) === 'granted') granted++
        taken++
        compare(model, desk)
      }
    }),
    { numRuns: runs },
  )
  process.stdout.write(
    `trading state: ${String(taken)} turns, ${String(granted)} releases, 0 answers other than the model's\n`,
  )
  // Otherwise nothing ever came back.
  expect(granted).toBeGreaterThan(0)
})
