/**
 * An adapter that is a program in any language. It is started once per call, reads one JSON document from its standard input and writes
 * one to its standard output:
 *
 *   in   {"schema":1,"kind":"read"|"act"|"lookup","port":"venue","method":"ping","args":{…},"timeoutMs":5000,"key":"…"}
 *   out  read    {"kind":"value","value":{…},"asOf":"…","complete":true} or {"kind":"failure","reason":"…","unreachable":false}
 *        act     {"kind":"done","value":{…},"asOf":"…"} or {"kind":"failed"|"unknown","reason":"…"}
 *        lookup  {"kind":"done","value":{…},"asOf":"…"}, {"kind":"not-done","asOf":"…"} or {"kind":"cannot-tell","reason":"…"}
 *
 * `key` comes with act and lookup. Exit code 0 stands for "this is my answer"; 69 for "nobody could be reached"; any other one, and
 * anything else on standard output, is no answer: a failure to read, an effect that may have taken place.
 */
import type { Adapter, Call, Effected, Reading, Settlement } from '../../ports/adapter.ts'
import { failed, failure, unknown } from '../answer.ts'
import { realTimer } from '../deadline.ts'
import { briefProblem, isRecord } from '../wellformed.ts'
import { killGroup, longestDrainMs, minimalEnv } from './process.ts'

export interface ProgramOptions {
  /** File and arguments. */
  readonly command: readonly string[]
  readonly serves: ReadonlySet<string>
  /** At most this long, whatever the call allows. */
  readonly timeoutMs?: number
  readonly env: Readonly<Record<string, string | undefined>>
}

const mostBytes = 1024 * 1024
const exitUnavailable = 69

type Said =
  | { readonly kind: 'answer'; readonly answer: Readonly<Record<string, unknown>> }
  | { readonly kind: 'not-started'; readonly reason: string }
  | { readonly kind: 'silent'; readonly reason: string; readonly unreachable: boolean }

export function programAdapter(options: ProgramOptions): Adapter {
  const name = briefProblem(options.command[0] ?? '')
  return {
    name,
    has: options.serves,
    async read(call): Promise<Reading> {
      const said = await ask(options, call, 'read')
      if (said.kind === 'answer') return { ...answerOf(said.answer), source: name }
      return failure(said.reason, name, said.kind === 'silent' && said.unreachable)
    },
    async act(call): Promise<Effected> {
      const said = await ask(options, call, 'act')
      if (said.kind === 'answer') return { ...effectOf(said.answer), source: name }
      return said.kind === 'not-started' ? failed(said.reason, name) : unknown(said.reason, name)
    },
    async lookup(call): Promise<Settlement> {
      const said = await ask(options, call, 'lookup')
      if (said.kind !== 'answer') return { kind: 'cannot-tell', reason: said.reason }
      const settlement = settlementOf(said.answer)
      return settlement.kind === 'cannot-tell' ? settlement : { ...settlement, source: name }
    },
  }
}

const textOf = (said: Readonly<Record<string, unknown>>, field: string): string => {
  const value = said[field]
  return typeof value === 'string' ? value : ''
}

/** What is missing stays wrong here, so that the guard around every adapter names it. */
function answerOf(said: Readonly<Record<string, unknown>>): Reading {
  if (said['kind'] === 'failure')
    return failure(textOf(said, 'reason') || 'no reason given', '', said['unreachable'] === true)
  const isValue = said['kind'] === 'value'
  if (!isValue) return failure('the adapter answered nonsense: no reading', '')
  const complete = said['complete'] === true
  return { kind: 'value', value: said['value'], asOf: textOf(said, 'asOf'), source: '', complete }
}
function effectOf(said: Readonly<Record<string, unknown>>): Effected {
  const reason = textOf(said, 'reason') || 'no reason given'
  if (said['kind'] === 'failed') return failed(reason, '')
  if (said['kind'] === 'done') return { kind: 'done', value: said['value'], asOf: textOf(said, 'asOf'), source: '' }
  return unknown(said['kind'] === 'unknown' ? reason : 'the adapter answered nonsense: no outcome', '')
}
function settlementOf(said: Readonly<Record<string, unknown>>): Settlement {
  const asOf = textOf(said, 'asOf')
  if (said['kind'] === 'done') return { kind: 'done', value: said['value'], asOf, source: '' }
  if (said['kind'] === 'not-done') return { kind: 'not-done', asOf, source: '' }
  const reason = textOf(said, 'reason') || 'no reason given'
  return { kind: 'cannot-tell', reason }
}

async function ask(options: ProgramOptions, call: Call & { readonly key?: string }, kind: string): Promise<Said> {
  const [file, ...args] = options.command
  if (file === undefined) return { kind: 'not-started', reason: 'no command is configured' }
  const timeoutMs = Math.min(call.timeoutMs, options.timeoutMs ?? call.timeoutMs)
  const { port, method, key } = call
  const input = JSON.stringify({
    schema: 1,
    kind,
    port,
    method,
    args: call.args,
    timeoutMs,
    ...(key === undefined ? {} : { key }),
  })
  const { execa } = await import('execa')
  // A group of its own: the end of its time is the end of its children too.
  const running = execa(file, args, {
    ...{
      input,
      reject: false,
      detached: true,
      extendEnv: false,
      env: minimalEnv(options.env),
      stripFinalNewline: true,
    },
    maxBuffer: mostBytes,
  })
  const late = new AbortController()
  const kill = (): void => {
    late.abort()
    killGroup(running.pid)
  }
  // A timer that is held: nothing keeps a signal of AbortSignal.timeout alive behind AbortSignal.any, and then it never fires.
  const cancel = realTimer(timeoutMs, kill)
  if (call.signal.aborted) kill()
  call.signal.addEventListener('abort', kill, { once: true })
  // What it left running may hold the pipes open for as long as it likes; its answer is what was said until then.
  let stopDraining: (() => void) | undefined
  running.once('exit', () => {
    stopDraining = realTimer(longestDrainMs, () => {
      running.stdout.destroy()
      running.stderr.destroy()
    })
  })
  const ended = await running
  stopDraining?.()
  cancel()
  call.signal.removeEventListener('abort', kill)
  if (running.pid === undefined)
    return { kind: 'not-started', reason: `it could not be started: ${ended.code ?? 'unknown'}` }
  const silent = (reason: string, unreachable = false): Said => ({ kind: 'silent', reason, unreachable })
  if (ended.isMaxBuffer) return silent(`it said more than ${String(mostBytes)} bytes`)
  if (late.signal.aborted) return silent(`no answer within ${String(timeoutMs)} ms`, true)
  if (ended.exitCode === undefined) return silent(`it was killed by ${ended.signal ?? 'a signal'}`)
  if (ended.exitCode !== 0) {
    const words = briefProblem(ended.stderr.split('\n').at(-1) ?? '')
    const why = `exit code ${String(ended.exitCode)}${words === '' ? '' : `: ${words}`}`
    return silent(why, ended.exitCode === exitUnavailable)
  }
  return parse(ended.stdout)
}

function parse(text: string): Said {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    answer = undefined
  }
  if (isRecord(answer)) return { kind: 'answer', answer }
  return { kind: 'silent', reason: 'the adapter answered nonsense: no JSON object', unreachable: false }
}
