/**
 * The embedded paper desk behind the adapter port: every method of the catalogue but those of `desk`, `venues`,
 * `reconciliation`, `exec` and `http`.
 * Broken worlds become failures with a reason; only bugs throw, and the fault `adapter-throws`.
 */
import type { Adapter, Call, Effected, Reading, Settlement } from '../../ports/adapter.ts'
import { DeskError } from '../../model/failure.ts'
import { alertEffects, alertReads } from './alerts.ts'
import { bookAffectedReads } from './book-affected.ts'
import { bookEffects, bookReads } from './book.ts'
import { configEffects, configReads } from './config/methods.ts'
import { dataHistoryEffects, dataHistoryReads } from './data-history.ts'
import { dataEffects, dataReads } from './data.ts'
import { PaperFailure } from './failure.ts'
import { fillBandReads } from './fill-band.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { inferenceEffects, inferenceReads } from './inference.ts'
import { modelEffects, modelReads } from './models/methods.ts'
import { operationsEffects, operationsReads } from './operations/methods.ts'
import { orderEffects, orderReads } from './orders.ts'
import { outboxEffects } from './outbox.ts'
import { performanceReads } from './performance.ts'
import { registryEffects, registryReads } from './registry.ts'
import { routingEffects, routingReads } from './routing.ts'
import { sentOrderReads } from './sent-orders.ts'
import { storageEffects } from './storage.ts'
import type { Performed } from './store.ts'
import { ticketEffects, ticketReads } from './tickets.ts'
import { venueCredentialEffects, venueCredentialReads } from './venue-credentials.ts'
import { venueEffects, venueReads } from './venue-methods.ts'
import { venueSafetyEffects, venueSafetyReads } from './venue-safety.ts'
import { venueServiceReads } from './venue-service.ts'
import type { PaperOptions, World } from './world.ts'
import { openWorld } from './world.ts'

const reads: Readonly<Record<string, ReadHandler>> = {
  ...venueReads,
  ...venueCredentialReads,
  ...venueSafetyReads,
  ...venueServiceReads,
  ...sentOrderReads,
  ...bookReads,
  ...bookAffectedReads,
  ...orderReads,
  ...fillBandReads,
  ...dataReads,
  ...dataHistoryReads,
  ...routingReads,
  ...registryReads,
  ...inferenceReads,
  ...performanceReads,
  ...configReads,
  ...alertReads,
  ...ticketReads,
  ...modelReads,
  ...operationsReads,
}

const effects: Readonly<Record<string, EffectHandler>> = {
  ...venueEffects,
  ...venueCredentialEffects,
  ...venueSafetyEffects,
  ...bookEffects,
  ...orderEffects,
  ...dataEffects,
  ...dataHistoryEffects,
  ...routingEffects,
  ...registryEffects,
  ...inferenceEffects,
  ...configEffects,
  ...alertEffects,
  ...outboxEffects,
  ...ticketEffects,
  ...storageEffects,
  ...modelEffects,
  ...operationsEffects,
}

/** The file set stays untouched by reads, but for the configuration repository, which is made at the first question about it. */
export function paperAdapter(options: PaperOptions): Adapter {
  const sourceOf = ({ port }: Call): string => `paper/${port}`
  return {
    name: 'paper',
    has: new Set([...Object.keys(reads), ...Object.keys(effects)]),
    read: (call) =>
      attempt(
        { ...options, isReading: true },
        nonsenseReading(call, options),
        async (world): Promise<Reading> => {
          const value = await find(reads, call)(world, call.args)
          return { kind: 'value', value, asOf: world.now().toISOString(), source: sourceOf(call), complete: true }
        },
        ({ message, unreachable }) => ({ kind: 'failure', reason: message, source: sourceOf(call), unreachable }),
      ),
    act: (call) =>
      attempt(
        options,
        nonsenseEffect(call, options),
        async (world): Promise<Effected> =>
          done(await find(effects, call).act(world, call.args, call.key, nameOf(call)), sourceOf(call)),
        ({ message, uncertain }) => ({
          kind: uncertain ? 'unknown' : 'failed',
          reason: message,
          source: sourceOf(call),
        }),
      ),
    lookup: (call) =>
      attempt(
        options,
        nonsenseEffect(call, options),
        async (world): Promise<Settlement> => {
          const performed = await find(effects, call).lookup(world, call.args, call.key)
          if (performed !== undefined) return done(performed, sourceOf(call))
          return { kind: 'not-done', asOf: world.now().toISOString(), source: sourceOf(call) }
        },
        ({ message }) => ({ kind: 'cannot-tell', reason: message }),
      ),
  }
}

const nameOf = ({ port, method }: Call): string => `${port}.${method}`

function find<H>(handlers: Readonly<Record<string, H>>, call: Call): H {
  const name = nameOf(call)
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined
  if (handler === undefined) throw new Error(`the paper desk does not serve ${name} this way`)
  return handler
}

const done = ({ value, at }: Performed, source: string) => ({ kind: 'done', value, asOf: at, source }) as const

interface Why {
  readonly message: string
  readonly unreachable: boolean
  readonly uncertain: boolean
}

/**
 * Failures of the paper world, and questions beyond the calendar, are answers; anything else is a bug and goes on. The faults of the
 * adapter itself come first: it throws, hangs, or answers what is `wrong`.
 */
async function attempt<R>(
  options: PaperOptions,
  wrong: R,
  run: (world: World) => Promise<R>,
  answer: (why: Why) => R,
): Promise<R> {
  try {
    const world = openWorld(options)
    if (world.faults.has('adapter-throws')) throw new Error('the adapter is broken on purpose')
    if (world.faults.has('adapter-hangs')) return await new Promise<R>(() => undefined)
    return world.faults.has('adapter-nonsense') ? wrong : await run(world)
  } catch (error) {
    if (error instanceof PaperFailure) return answer(error)
    if (error instanceof DeskError) return answer({ message: error.message, unreachable: false, uncertain: false })
    throw error
  }
}

const nonsense = { nonsense: true } as const
const nonsenseReading = (call: Call, { now }: PaperOptions): Reading => ({
  ...{ kind: 'value', value: nonsense, complete: true },
  ...{ asOf: now().toISOString(), source: `paper/${call.port}` },
})
const nonsenseEffect = (call: Call, { now }: PaperOptions) =>
  ({ kind: 'done', value: nonsense, asOf: now().toISOString(), source: `paper/${call.port}` }) as const
