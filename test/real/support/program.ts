/** The built program on a given state directory, also under another program that watches or disturbs it. */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env as ownEnv, execPath } from 'node:process'

export const entry = join(import.meta.dirname, '..', '..', '..', 'bin', 'desk.cjs')
/** A Friday before the open, in New York. */
export const now = '2026-11-20T09:05:00-05:00'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** When it was started, said its first line, and was gone; on one clock that only goes forward. */
  readonly beganMs: number
  readonly saidMs: number | undefined
  readonly endedMs: number
}
export interface RunOptions {
  /** The program that runs ours, and its arguments. */
  readonly under?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Called at the first that it writes to standard output. */
  readonly onFirstWord?: () => void
}

/** The environment of somebody who has configured nothing but where the desk is, and who stands at no terminal. */
export function environment(stateDir: string, extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: ownEnv['PATH'] ?? '/usr/bin:/bin',
    HOME: stateDir,
    LANG: 'C.UTF-8',
    DESK_STATE_DIR: stateDir,
    DESK_NOW: now,
    DESK_OPERATOR: 'oncall',
    ...extra,
  }
}

export function runDesk(stateDir: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const [program, ...before] = options.under ?? []
  const command = [...before, ...(program === undefined ? [] : [execPath]), entry, ...args]
  return runProgram(program ?? execPath, command, environment(stateDir, options.env), options.onFirstWord)
}

export function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  onFirstWord?: () => void,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const beganMs = performance.now()
    let saidMs: number | undefined
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (saidMs === undefined) {
        saidMs = performance.now()
        onFirstWord?.()
      }
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, beganMs, saidMs, endedMs: performance.now() })
    })
  })
}

/** Directories that go when the last test of the file has ended. */
export class Scratch {
  readonly #dir = mkdtempSync(join(tmpdir(), 'desk-real-'))
  #count = 0

  fresh(): string {
    return join(this.#dir, String(++this.#count))
  }
  copyOf(stateDir: string): string {
    const to = this.fresh()
    cpSync(stateDir, to, { recursive: true, verbatimSymlinks: true })
    return to
  }
  discard(stateDir: string): void {
    rmSync(stateDir, { recursive: true, force: true })
  }
  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

const born = new WeakMap<Scratch, Promise<string>>()
/** A desk that trades; it came into being with a run that found nothing to do. That is run once per file, and each desk is a copy. */
export async function tradingDesk(scratch: Scratch): Promise<string> {
  const template = born.get(scratch) ?? deskComesIntoBeing(scratch)
  born.set(scratch, template)
  return scratch.copyOf(await template)
}

async function deskComesIntoBeing(scratch: Scratch): Promise<string> {
  const stateDir = scratch.fresh()
  const ran = await runDesk(stateDir, ['runbook', 'reconciliation'])
  if (ran.code !== 0) throw new Error(`no paper desk: ${String(ran.code)}\n${ran.stdout}${ran.stderr}`)
  return stateDir
}

/** Runs them a few at a time, in order of arrival. */
export async function inTurns<T>(items: readonly T[], width: number, each: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items]
  const worker = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await each(item)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
