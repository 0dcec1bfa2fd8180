/** One program without a shell: bounded output, an environment of three names, and an end for it and all its children. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { StartTimer } from '../deadline.ts'
import { letSignalsArrive } from './signals-under-way.ts'

export interface ProgramRun {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd?: string
  readonly env: Readonly<Record<string, string>>
  /** Given on standard input; absent: /dev/null. */
  readonly input?: string
  /** Of each of the two outputs; the rest is read and dropped. */
  readonly mostBytes: number
  /** Kills the program and every process it started. */
  readonly signal: AbortSignal
  readonly startTimer: StartTimer
}
export interface Output {
  readonly text: string
  /** Bytes beyond the bound. */
  readonly dropped: number
}
export type ProgramEnd =
  | { readonly kind: 'not-started'; readonly reason: string }
  | { readonly kind: 'exited'; readonly exitCode: number; readonly stdout: Output; readonly stderr: Output }
  /** By us or by anybody else: what it did until then is not known. */
  | { readonly kind: 'killed'; readonly signal: string; readonly stdout: Output; readonly stderr: Output }

/** A child that goes on in the background may keep the pipes open; what it writes later than this is not waited for. */
export const longestDrainMs = 500

/** Never rejects. */
export function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  if (run.signal.aborted) return Promise.resolve({ kind: 'not-started', reason: 'interrupted' })
  return new Promise((resolve) => {
    const started = start(run)
    if (typeof started === 'string') {
      resolve({ kind: 'not-started', reason: started })
      return
    }
    const child = started
    const [stdout, stderr] = [collect(child.stdout, run.mostBytes), collect(child.stderr, run.mostBytes)]
    const kill = (): void => {
      killGroup(child.pid)
    }
    run.signal.addEventListener('abort', kill, { once: true })
    let stopDraining: (() => void) | undefined
    const end = (answer: ProgramEnd): void => {
      run.signal.removeEventListener('abort', kill)
      stopDraining?.()
      child.stdout?.destroy()
      child.stderr?.destroy()
      resolve(answer)
    }
    const finish = (exitCode: number | null, signal: string | null): void => {
      const output = { stdout: stdout(), stderr: stderr() }
      end(
        exitCode === null
          ? { kind: 'killed', signal: signal ?? 'unknown', ...output }
          : { kind: 'exited', exitCode, ...output },
      )
    }
    child.once('error', (error) => {
      if (child.pid === undefined) end({ kind: 'not-started', reason: error.message })
    })
    // A signal that the program sent us came before its end, so it is told before it: the second turn has looked once more.
    child.once('close', (exitCode, signal) => {
      letSignalsArrive()
      setImmediate(() => setImmediate(finish, exitCode, signal))
    })
    child.once('exit', (exitCode, signal) => {
      stopDraining = run.startTimer(longestDrainMs, () => {
        finish(exitCode, signal)
      })
    })
    // A program that does not read its input closes the pipe; that is its business.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(run.input)
  })
}

/** The child, or why there is none. */
function start({ file, args, cwd, env, input }: ProgramRun): ChildProcess | string {
  try {
    return spawn(file, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env,
      // A group of its own, so that the end reaches its children, and Ctrl-C does not cut an effect in half.
      detached: true,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** Of a process that leads its group. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}

function collect(stream: ChildProcess['stdout'], mostBytes: number): () => Output {
  const chunks: Buffer[] = []
  let kept = 0
  let dropped = 0
  stream?.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, mostBytes - kept)
    if (part.length > 0) chunks.push(part)
    kept += part.length
    dropped += chunk.length - part.length
  })
  return () => ({ text: Buffer.concat(chunks).toString('utf8'), dropped })
}

const passedOn = ['PATH', 'HOME', 'LANG'] as const
/** What a program gets to see of desk's own environment. */
export const minimalEnv = (env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])))
