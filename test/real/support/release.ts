/** The way back from a halt, as far as a test needs it. */
import { runDesk } from './program.ts'

/** Later on the same day: what is proved now is proved since the halt. */
export const afterwards = { DESK_NOW: '2026-11-20T09:20:00-05:00' }

async function must(stateDir: string, exit: number, args: readonly string[]): Promise<string> {
  const ran = await runDesk(stateDir, args, { env: afterwards })
  if (ran.code !== exit)
    throw new Error(`desk ${args.join(' ')} ended with ${String(ran.code)}\n${ran.stdout}${ran.stderr}`)
  return ran.stdout
}

const answers = (...pairs: readonly string[]): readonly string[] => pairs.flatMap((pair) => ['--answer', pair])

/** Halts, writes the cause down and reconciles: all that a resume asks for. */
export async function contain(stateDir: string): Promise<void> {
  await runDesk(stateDir, ['tree', 'no-fills', ...answers('q1=no'), '--act'])
  const cause = answers(
    'q1=no',
    'no-root-cause.cause=a feed that went stale',
    'no-root-cause.class=venue',
    'no-root-cause.fix=paper',
  )
  await must(stateDir, 0, ['tree', 'post-incident', ...cause, '--act'])
  await must(stateDir, 0, ['runbook', 'reconciliation'])
}

/** Asks for release through the tree; answers what a second person approves. */
export async function askForRelease(stateDir: string): Promise<string> {
  await contain(stateDir)
  const yes = answers('q1=yes', 'q2=yes', 'q3=yes')
  await must(stateDir, 0, ['tree', 'post-incident', ...yes, '--act', '--confirm', 'paper'])
  const status = await must(stateDir, 0, ['unlock', 'status'])
  const request = /desk unlock approve (\S+)/.exec(status)?.[1]
  if (request === undefined) throw new Error(`no request: ${status}`)
  return request
}
