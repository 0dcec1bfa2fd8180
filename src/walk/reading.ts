/** Calls to adapters that cannot harm the walker: whatever they throw, however long they hang, whatever nonsense they answer. */
import type { Invocation } from '../model/graph.ts'
import type { Call, Effected, Reading, Settlement } from '../ports/adapter.ts'
import type { Args } from './command.ts'
import type { Ports } from './ports.ts'
import { isObject, messageOf } from './scope.ts'

type Means = Pick<Ports, 'invoke' | 'clock' | 'interrupted'>

export async function read(means: Means, invocation: Invocation, args: Args): Promise<Reading> {
  const source = sourceOf(invocation)
  const failure = (reason: string): Reading => ({ kind: 'failure', reason, source, unreachable: false })
  const answer = await within(means, invocation, args, true, (call) => means.invoke.read(call))
  if (answer.kind === 'no-answer') return failure(answer.reason)
  const { value: reading } = answer
  if (!isObject(reading)) return failure('the adapter answered nonsense')
  if (reading['kind'] === 'failure' && typeof reading['reason'] === 'string') {
    return {
      kind: 'failure',
      reason: reading['reason'],
      source: textOr(reading['source'], source),
      unreachable: reading['unreachable'] === true,
    }
  }
  if (reading['kind'] !== 'value' || !isMoment(reading['asOf'])) return failure('the adapter answered nonsense')
  const problem = problemWith(reading['value'])
  if (problem !== undefined) return failure(`the adapter answered ${problem}`)
  if (reading['complete'] !== true) return failure('the adapter could not read all of it')
  return {
    kind: 'value',
    value: reading['value'],
    asOf: reading['asOf'],
    source: textOr(reading['source'], source),
    complete: true,
  }
}

/** Anything but a clear answer is unknown: the effect may or may not have taken place. It is not cut off by a signal. */
export async function act(means: Means, invocation: Invocation, args: Args, key: string): Promise<Effected> {
  const source = sourceOf(invocation)
  const unknown = (reason: string): Effected => ({ kind: 'unknown', reason, source })
  const answer = await within(means, invocation, args, false, (call) => means.invoke.act({ ...call, key }))
  if (answer.kind === 'no-answer') return unknown(answer.reason)
  const { value: effected } = answer
  if (!isObject(effected)) return unknown('the adapter answered nonsense')
  const from = textOr(effected['source'], source)
  const { kind, reason } = effected
  if ((kind === 'failed' || kind === 'unknown') && typeof reason === 'string') return { kind, reason, source: from }
  if (kind !== 'done' || !isMoment(effected['asOf'])) return unknown('the adapter answered nonsense')
  const problem = problemWith(effected['value'])
  if (problem !== undefined) return unknown(`the adapter answered ${problem}`)
  return { kind: 'done', value: effected['value'], asOf: effected['asOf'], source: from }
}

export async function lookup(means: Means, invocation: Invocation, args: Args, key: string): Promise<Settlement> {
  const source = sourceOf(invocation)
  const answer = await within(means, invocation, args, true, (call) => means.invoke.lookup({ ...call, key }))
  if (answer.kind === 'no-answer') return { kind: 'cannot-tell', reason: answer.reason }
  const { value: settlement } = answer
  const nonsense: Settlement = { kind: 'cannot-tell', reason: 'the adapter answered nonsense' }
  if (!isObject(settlement)) return nonsense
  if (settlement['kind'] === 'cannot-tell')
    return { kind: 'cannot-tell', reason: textOr(settlement['reason'], 'no reason given') }
  const { kind, asOf, value } = settlement
  if (!isMoment(asOf)) return nonsense
  const from = textOr(settlement['source'], source)
  if (kind === 'not-done') return { kind, asOf, source: from }
  return kind === 'done' && problemWith(value) === undefined ? { kind, value, asOf, source: from } : nonsense
}

type Answer =
  { readonly kind: 'answer'; readonly value: unknown } | { readonly kind: 'no-answer'; readonly reason: string }

async function within(
  { clock, interrupted }: Means,
  invocation: Invocation,
  args: Args,
  interruptible: boolean,
  start: (call: Call) => Promise<unknown>,
): Promise<Answer> {
  const { method, timeoutMs } = invocation
  const deadline = clock.deadline(timeoutMs)
  const signal = interruptible ? AbortSignal.any([deadline.signal, interrupted]) : deadline.signal
  const late = deadline.expired.then((): Answer => ({
    kind: 'no-answer',
    reason: `no answer within ${String(timeoutMs)} ms`,
  }))
  let stop: () => void = () => undefined
  const aborted = new Promise<Answer>((resolve) => {
    stop = () => {
      resolve({ kind: 'no-answer', reason: 'interrupted' })
    }
    if (interrupted.aborted) stop()
  })
  interrupted.addEventListener('abort', stop, { once: true })
  try {
    const call = { port: method.port, method: method.name, args, timeoutMs, signal }
    const answered = start(call).then((value): Answer => ({ kind: 'answer', value }))
    return await Promise.race(interruptible ? [answered, late, aborted] : [answered, late])
  } catch (error) {
    return { kind: 'no-answer', reason: `the adapter threw: ${messageOf(error)}` }
  } finally {
    deadline.cancel()
    interrupted.removeEventListener('abort', stop)
  }
}

const sourceOf = ({ method }: Invocation): string => `${method.port}.${method.name}`
const textOr = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback)
const isMoment = (value: unknown): value is string => typeof value === 'string' && !Number.isNaN(Date.parse(value))

/** Results are records. Their fields were checked against the method's schema by whoever made the adapter's answer. */
const problemWith = (value: unknown): string | undefined => (isObject(value) ? impossible(value) : 'no record')

/** What no plain JSON can carry; NaN above all, which makes a negated comparison true. */
function impossible(value: unknown, depth = 1): string | undefined {
  if (depth > 64) return 'something nested too deeply'
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value)
  if (value === undefined || value === null || typeof value === 'string' || typeof value === 'boolean') return undefined
  if (typeof value !== 'object') return `a ${typeof value}`
  for (const inner of Object.values(value)) {
    const problem = impossible(inner, depth + 1)
    if (problem !== undefined) return problem
  }
  return undefined
}
