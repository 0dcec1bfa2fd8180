/** `exec.run`: a program as a step. It has an effect of which nobody knows more than its exit code, so it is never looked up. */
import * as z from 'zod'
import type { Adapter, Effected } from '../../ports/adapter.ts'
import { failed, unknown } from '../answer.ts'
import type { StartTimer } from '../deadline.ts'
import { briefProblem } from '../wellformed.ts'
import { minimalEnv, type Output, type ProgramEnd, runProgram } from './process.ts'

export interface StepOptions {
  readonly now: () => Date
  readonly env: Readonly<Record<string, string | undefined>>
  readonly startTimer: StartTimer
}

const mostBytes = 64 * 1024
const runArgs = z.object({ file: z.string(), args: z.array(z.string()).optional(), cwd: z.string().optional() })

export function execStepAdapter({ now, env, startTimer }: StepOptions): Adapter {
  const name = 'exec'
  const passedOn = minimalEnv(env)
  return {
    name,
    has: new Set(['exec.run']),
    read: (call) => {
      throw new Error(`${call.port}.${call.method} cannot be read`)
    },
    async act(call) {
      const { file, args, cwd } = runArgs.parse(call.args)
      const place = cwd === undefined ? {} : { cwd }
      const bounds = { mostBytes, signal: call.signal, startTimer }
      const end = await runProgram({ file, args: args ?? [], ...place, env: passedOn, ...bounds })
      return effectOf(end, file, now)
    },
    lookup: () =>
      Promise.resolve({ kind: 'cannot-tell', reason: 'a program that was run leaves no trace to look for' }),
  }
}

/** Any other exit code than 0 is a failure: whoever calls a program as a step wants what it does, not its opinion. */
function effectOf(end: ProgramEnd, file: string, now: () => Date): Effected {
  const source = `exec/${briefProblem(file)}`
  switch (end.kind) {
    case 'not-started':
      return failed(`it could not be started: ${end.reason}`, source)
    case 'killed':
      return unknown(`it was killed by ${end.signal}`, source)
    case 'exited':
      break
  }
  const { exitCode, stdout, stderr } = end
  if (exitCode !== 0) return failed(`exit code ${String(exitCode)}${lastWords(stderr, stdout)}`, source)
  const value = { exitCode, stdout: bounded(stdout), stderr: bounded(stderr) }
  return { kind: 'done', value, asOf: now().toISOString(), source }
}

const lastLine = ({ text }: Output): string => briefProblem(text.trimEnd().split('\n').at(-1) ?? '')
function lastWords(stderr: Output, stdout: Output): string {
  const words = lastLine(stderr) || lastLine(stdout)
  return words === '' ? '' : `: ${words}`
}
const bounded = ({ text, dropped }: Output): string =>
  dropped === 0 ? text : `${text}\n[${String(dropped)} more bytes were dropped]`
