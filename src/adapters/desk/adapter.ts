/** The port `desk`: what desk itself does and knows. Effects take place once per key, and the state tells what became of a lost one. */
import { newId } from '../../audit/id.ts'
import { bootId } from '../../killswitch/gate.ts'
import { DeskError } from '../../model/failure.ts'
import type { Adapter, Call, Effected, Reading, Settlement } from '../../ports/adapter.ts'
import { failed, failure, messageOf } from '../answer.ts'
import { isRecord } from '../wellformed.ts'
import type { Args, DeskEffect, DeskOptions, Outcome, World } from './effect.ts'
import { halt } from './halt.ts'
import { hold, liftHold } from './hold.ts'
import { type Kept, keep, readKept } from './kept.ts'
import { note } from './note.ts'
import { readEvidence, readSession, readTradingState } from './reads.ts'
import { rearm } from './rearm.ts'
import { release } from './release.ts'
import { closeSession } from './session.ts'
import { snapshot } from './snapshot.ts'
import { throttle, throttleOrders } from './throttle.ts'

const source = 'desk'

const reads: Readonly<Record<string, (world: World, args: Args, call: Call) => Reading | Promise<Reading>>> = {
  trading: readTradingState,
  session: readSession,
  evidence: readEvidence,
}
const effects: Readonly<Record<string, DeskEffect>> = {
  halt,
  throttle,
  throttleOrders,
  hold,
  liftHold,
  snapshot,
  note,
  requestRelease: release,
  rearm,
  closeSession,
}

export function deskAdapter(options: DeskOptions): Adapter {
  const world = (): World => ({ ...options, boot: bootId() })
  return {
    name: source,
    has: new Set([...Object.keys(reads), ...Object.keys(effects)].map((name) => `desk.${name}`)),
    async read(call) {
      try {
        return await find(reads, call)(world(), call.args, call)
      } catch (error) {
        if (error instanceof DeskError) return failure(error.message, source)
        throw error
      }
    },
    act: (call) => act(world(), find(effects, call), call),
    lookup: (call) => Promise.resolve(lookUp(world(), find(effects, call), call)),
  }
}

function find<H>(handlers: Readonly<Record<string, H>>, { method }: Call): H {
  const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined
  if (handler === undefined) throw new Error(`desk does not serve ${method} this way`)
  return handler
}

type Keyed = Call & { readonly key: string }

async function act(world: World, effect: DeskEffect, call: Keyed): Promise<Effected> {
  const before = attempt(() => readKept(world.stateDir, call.key, 'done'))
  if (before?.method === call.method) {
    const isOver = effect.holdsOn === true && effect.happened(world, call.args, {}) === undefined
    if (!isOver) return doneAs(before)
  }
  const plan = planFor(world, effect, call)
  const outcome = await perform(world, effect, call, plan)
  if (outcome.kind === 'failed') return failed(outcome.reason, source)
  const kept: Kept = { method: call.method, value: outcome.value, at: world.now().toISOString() }
  // Where this cannot be kept the state tells it, and repeating only tightens.
  attempt(() => {
    keep(world.stateDir, call.key, 'done', kept, newId('note', world.now, world.random))
  })
  return { ...doneAs(kept), source: outcome.remark === undefined ? source : `${source} (${outcome.remark})` }
}

async function perform(world: World, effect: DeskEffect, call: Keyed, plan: Args): Promise<Outcome> {
  try {
    return await effect.perform(world, call.args, plan, call)
  } catch (error) {
    // A refusal of the log or a lock: nothing was done.
    if (error instanceof DeskError) return { kind: 'failed', reason: error.message }
    throw error
  }
}

/** The plan of the first attempt. */
function planFor(world: World, effect: DeskEffect, { key, method, args }: Keyed): Args {
  if (effect.plan === undefined) return {}
  const value = effect.plan(world, args)
  const first = attempt(() => {
    keep(
      world.stateDir,
      key,
      'plan',
      { method, value, at: world.now().toISOString() },
      newId('note', world.now, world.random),
    )
    return readKept(world.stateDir, key, 'plan')?.value
  })
  return isRecord(first) ? first : value
}

function lookUp(world: World, effect: DeskEffect, { key, method, args }: Keyed): Settlement {
  const asOf = world.now().toISOString()
  try {
    const kept = readKept(world.stateDir, key, 'done')
    if (kept?.method === method) return doneAs(kept)
    const plan = readKept(world.stateDir, key, 'plan')?.value
    if (effect.plan !== undefined && !isRecord(plan)) return { kind: 'not-done', asOf, source }
    const value = effect.happened(world, args, isRecord(plan) ? plan : {})
    return value === undefined ? { kind: 'not-done', asOf, source } : { kind: 'done', value, asOf, source }
  } catch (error) {
    return { kind: 'cannot-tell', reason: messageOf(error) }
  }
}

const doneAs = ({ value, at }: Kept) => ({ kind: 'done', value, asOf: at, source }) as const

/** Undefined where the disk refuses. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
