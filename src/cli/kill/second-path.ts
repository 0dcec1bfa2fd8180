/** Where a halt leaves a trace when the log takes none: the system's own log, which often lies on another disk or another host. */
import type { Deps } from '../command.ts'

const timeoutMs = 1000
const mostChars = 800

export interface Account {
  readonly by: string
  readonly reason: string
  readonly halted: boolean
}

/** Answers why it could not be left there either. Never rejects. */
export async function alsoToSystemLog(
  desk: string,
  { by, reason, halted }: Account,
  { env }: Pick<Deps, 'env'>,
): Promise<string | undefined> {
  const [{ minimalEnv, runProgram }, { realTimer }] = await Promise.all([
    import('../../adapters/exec/process.ts'),
    import('../../adapters/deadline.ts'),
  ])
  const text = `${halted ? 'HALTED' : 'NOT HALTED'} ${desk} by ${by}, not on record: ${reason}`
  const late = new AbortController()
  const cancel = realTimer(timeoutMs, () => {
    late.abort()
  })
  const ended = await runProgram({
    file: 'logger',
    args: ['-t', 'desk', '-p', 'auth.alert', '--', text.replace(/\p{Cc}/gu, ' ').slice(0, mostChars)],
    env: minimalEnv(env),
    mostBytes: 1024,
    signal: late.signal,
    startTimer: realTimer,
  })
  cancel()
  if (ended.kind === 'not-started') return ended.reason
  if (ended.kind === 'killed') return `logger did not end within ${String(timeoutMs)} ms`
  return ended.exitCode === 0 ? undefined : `logger ended with ${String(ended.exitCode)}: ${ended.stderr.text.trim()}`
}
