/**
 * Stands between desk and an adapter, whoever wrote it. Arguments and results must be exactly what the method's schema says; an adapter
 * that throws, hangs, or answers nonsense, NaN, only a part, or what was true at another time gives a failure for a reading and
 * `unknown` for an effect. Secrets of the configuration are blacked out of whatever it says.
 */
import { redactor } from '../audit/redact.ts'
import type { Adapter, Call, Effected, Reading, Settlement } from '../ports/adapter.ts'
import { catalogue } from '../ports/catalogue.ts'
import type { MethodDefinition } from '../ports/method.ts'
import { failed, failure, messageOf, unknown } from './answer.ts'
import { type Answered, type StartTimer, realTimer, withDeadline } from './deadline.ts'
import { briefProblem, isRecord, momentIn, problemWith, textIn } from './wellformed.ts'

export interface GuardOptions {
  /** Values of configured secrets. */
  readonly secrets: readonly string[]
  /** The desk's clock, by which the age of a reading is told. */
  readonly now: () => Date
  readonly startTimer?: StartTimer
}

/**
 * How far `asOf` of a reading may lie before the question, or after the answer. What is older was kept from another time; what is dated
 * later comes from a clock that cannot be believed. Wide enough for whoever measures once a minute.
 */
const longestDriftMs = 60_000

export function guarded(adapter: Adapter, options: GuardOptions): Adapter {
  const blackOut = options.secrets.length === 0 ? <T>(value: T): T => value : blackOutOf(options.secrets)
  const patience = (call: Call, seesThrough: boolean) => ({
    timeoutMs: call.timeoutMs,
    startTimer: options.startTimer ?? realTimer,
    signal: call.signal,
    seesThrough,
  })
  return {
    name: adapter.name,
    has: adapter.has,
    async read(call) {
      const source = sourceOf(adapter, call)
      const method = prepare(adapter, call, 'none')
      if (typeof method === 'string') return failure(method, source)
      const asked = options.now()
      const answer = await withDeadline(patience(call, false), (signal) => adapter.read({ ...call, signal }))
      const reading = readingOf(method, answer, call, source)
      const problem = reading.kind === 'value' ? timeProblem(reading.asOf, asked, options.now()) : undefined
      return blackOut(problem === undefined ? reading : failure(`the reading is ${problem}`, reading.source))
    },
    async act(call) {
      const source = sourceOf(adapter, call)
      const method = prepare(adapter, call, 'effect')
      // Nothing was sent, so this is no `unknown`.
      if (typeof method === 'string') return failed(method, source)
      const answer = await withDeadline(patience(call, true), (signal) => adapter.act({ ...call, signal }))
      return blackOut(effectedOf(method, answer, call, source))
    },
    async lookup(call) {
      const method = prepare(adapter, call, 'effect')
      if (typeof method === 'string') return { kind: 'cannot-tell', reason: method }
      const asked = options.now()
      const answer = await withDeadline(patience(call, false), (signal) => adapter.lookup({ ...call, signal }))
      const said = settlementOf(method, answer, call, sourceOf(adapter, call))
      // What was not done by then may be done by now, and would be done twice.
      const problem = said.kind === 'not-done' ? timeProblem(said.asOf, asked, options.now()) : undefined
      return blackOut(problem === undefined ? said : { kind: 'cannot-tell', reason: `the look-up is ${problem}` })
    },
  }
}

const nameOf = ({ port, method }: Call): string => `${port}.${method}`
const sourceOf = (adapter: Adapter, call: Call): string => `${adapter.name}/${nameOf(call)}`

/** The definition, or what is wrong with the call itself. */
function prepare(adapter: Adapter, call: Call, wanted: 'none' | 'effect'): MethodDefinition | string {
  const name = nameOf(call)
  const method = catalogue.get(name)
  if (method === undefined) return `there is no method ${name}`
  if ((method.effect === 'none') !== (wanted === 'none'))
    return wanted === 'none' ? `${name} has an effect and cannot be read` : `${name} is a reading and has no effect`
  if (!adapter.has.has(name)) return `${adapter.name} does not serve ${name}`
  const problem = problemWith(method.args, call.args)
  return problem === undefined ? method : `arguments of ${name}: ${problem}`
}

/** Why there is no answer; undefined: there is one. */
function silence<T>(answer: Answered<T>, { timeoutMs }: Call): string | undefined {
  switch (answer.kind) {
    case 'answered':
      return undefined
    case 'late':
      return `no answer within ${String(timeoutMs)} ms`
    case 'interrupted':
      return 'interrupted'
    case 'threw':
      return `the adapter threw: ${briefProblem(messageOf(answer.error))}`
  }
}

function readingOf(method: MethodDefinition, answer: Answered<Reading>, call: Call, source: string): Reading {
  const why = silence(answer, call)
  if (answer.kind !== 'answered') return failure(why ?? '', source, answer.kind === 'late')
  const reading: unknown = answer.value
  if (!isRecord(reading)) return failure('the adapter answered nonsense: no reading', source)
  const from = textIn(reading, 'source') ?? source
  if (reading['kind'] === 'failure')
    return failure(textIn(reading, 'reason') ?? 'no reason given', from, reading['unreachable'] === true)
  if (reading['kind'] !== 'value') return failure('the adapter answered nonsense: no reading', from)
  const asOf = momentIn(reading, 'asOf')
  if (asOf === undefined) return failure('the adapter answered nonsense: asOf is no moment', from)
  if (reading['complete'] !== true) return failure('the adapter could not read all of it', from)
  const problem = problemWith(method.result, reading['value'])
  if (problem !== undefined) return failure(`the adapter answered nonsense: ${problem}`, from)
  return { kind: 'value', value: reading['value'], asOf, source: from, complete: true }
}

/** What is wrong with the time of an answer; undefined: it is of now. */
function timeProblem(asOf: string, asked: Date, answered: Date): string | undefined {
  const early = asked.getTime() - Date.parse(asOf)
  const late = Date.parse(asOf) - answered.getTime()
  const seconds = (ms: number): string => `${String(Math.round(ms / 1000))} s`
  if (early > longestDriftMs) return `stale: its asOf lies ${seconds(early)} back`
  return late > longestDriftMs ? `not of now: its asOf lies ${seconds(late)} ahead` : undefined
}

function effectedOf(method: MethodDefinition, answer: Answered<Effected>, call: Call, source: string): Effected {
  const why = silence(answer, call)
  if (answer.kind !== 'answered') return unknown(why ?? '', source)
  const effected: unknown = answer.value
  if (!isRecord(effected)) return unknown('the adapter answered nonsense: no outcome', source)
  const from = textIn(effected, 'source') ?? source
  const kind = effected['kind']
  if (kind === 'failed') return failed(textIn(effected, 'reason') ?? 'no reason given', from)
  if (kind === 'unknown') return unknown(textIn(effected, 'reason') ?? 'no reason given', from)
  const done = doneOf(method, effected, from)
  return typeof done === 'string' ? unknown(`the adapter answered nonsense: ${done}`, from) : done
}

function settlementOf(method: MethodDefinition, answer: Answered<Settlement>, call: Call, source: string): Settlement {
  const cannotTell = (reason: string): Settlement => ({ kind: 'cannot-tell', reason })
  const why = silence(answer, call)
  if (answer.kind !== 'answered') return cannotTell(why ?? '')
  const settlement: unknown = answer.value
  if (!isRecord(settlement)) return cannotTell('the adapter answered nonsense: no settlement')
  const from = textIn(settlement, 'source') ?? source
  if (settlement['kind'] === 'cannot-tell') return cannotTell(textIn(settlement, 'reason') ?? 'no reason given')
  if (settlement['kind'] === 'not-done') {
    const asOf = momentIn(settlement, 'asOf')
    return asOf === undefined
      ? cannotTell('the adapter answered nonsense: asOf is no moment')
      : { kind: 'not-done', asOf, source: from }
  }
  const done = doneOf(method, settlement, from)
  return typeof done === 'string' ? cannotTell(`the adapter answered nonsense: ${done}`) : done
}

function doneOf(method: MethodDefinition, said: Readonly<Record<string, unknown>>, source: string) {
  if (said['kind'] !== 'done') return 'no outcome'
  const asOf = momentIn(said, 'asOf')
  if (asOf === undefined) return 'asOf is no moment'
  const problem = problemWith(method.result, said['value'])
  return problem ?? ({ kind: 'done', value: said['value'], asOf, source } as const)
}

/** Texts at any depth; numbers stay, because a result must keep its shape. */
function blackOutOf(secrets: readonly string[]): <T extends Reading | Effected | Settlement>(answer: T) => T {
  const redact = redactor({ secrets, fields: [] })
  const clean = (text: string): string => {
    const redacted = redact(text)
    return typeof redacted === 'string' ? redacted : text
  }
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string') return clean(value)
    if (Array.isArray(value)) return value.map(visit)
    return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([k, v]) => [k, visit(v)])) : value
  }
  return (answer) => {
    const texts = 'reason' in answer ? { reason: clean(answer.reason) } : {}
    const source = 'source' in answer ? { source: clean(answer.source) } : {}
    return { ...answer, ...texts, ...source, ...('value' in answer ? { value: visit(answer.value) } : {}) }
  }
}
