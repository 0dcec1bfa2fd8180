/** Runs the built program as a person, cron or an attacker would: a process of its own, with a state directory of its own. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FaultId } from '../../src/adapters/paper/faults.ts'
import { setFault } from '../../src/adapters/paper/switch-fault.ts'
import { ensurePaperDesk } from '../../src/killswitch/first-desk.ts'
import { bootId } from '../../src/killswitch/gate.ts'
import { steadyRandom } from './state.ts'

const entry = join(import.meta.dirname, '..', '..', 'bin', 'desk.cjs')

export interface Ran {
  /** The exit code, or 128 + the signal's number as a shell would say. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** `closed`: no standard input at all; its text is piped in; absent: /dev/null. */
  readonly stdin?: { readonly text: string } | 'closed'
  readonly onStart?: (kill: (signal: NodeJS.Signals) => void) => void
  readonly onStdout?: (text: string, kill: (signal: NodeJS.Signals) => void) => void
}

export class Desk {
  readonly dir = mkdtempSync(join(tmpdir(), 'desk-test-'))
  readonly stateDir = join(this.dir, 'state')

  /** When everything happens that follows; a Friday before the open, in New York. */
  now: string
  constructor(now = '2026-11-20T09:05:00-05:00') {
    this.now = now
  }

  /** Moves the desk's clock for everything that follows. */
  at(now: string): this {
    this.now = now
    return this
  }

  /** Breaks the paper desk, or mends it. A directory that holds anything is no fresh desk any more, so the desk is made first. */
  async fault(id: FaultId, on = true): Promise<void> {
    const now = () => new Date(this.now)
    const means = { now, random: steadyRandom(), host: 'test', traceId: 'test' }
    ensurePaperDesk(
      this.stateDir,
      bootId() ?? '',
      { venues: ['primary', 'backup'], models: ['signal'], by: 'oncall' },
      means,
    )
    await setFault({ stateDir: this.stateDir, now }, id, on)
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const { NODE_EXTRA_CA_CERTS: _certs, FORCE_COLOR: _force, ...outer } = process.env
    const env = {
      ...outer,
      HOME: this.dir,
      XDG_STATE_HOME: '',
      XDG_CONFIG_HOME: '',
      DESK_STATE_DIR: this.stateDir,
      DESK_NOW: this.now,
      DESK_OPERATOR: 'oncall',
      ...options.env,
    }
    const stdin = options.stdin === undefined || options.stdin === 'closed' ? 'ignore' : 'pipe'
    return new Promise((resolve, reject) => {
      const child =
        options.stdin === 'closed'
          ? spawn('/bin/sh', ['-c', 'exec "$0" "$@" <&-', process.execPath, entry, ...args], {
              env,
              cwd: options.cwd ?? this.dir,
              stdio: ['ignore', 'pipe', 'pipe'],
            })
          : spawn(process.execPath, [entry, ...args], {
              env,
              cwd: options.cwd ?? this.dir,
              stdio: [stdin, 'pipe', 'pipe'],
            })
      options.onStart?.((signal) => child.kill(signal))
      let stdout = ''
      let stderr = ''
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        stdout += text
        options.onStdout?.(stdout, (signal) => child.kill(signal))
      })
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
      })
      child.on('error', reject)
      child.on('close', (code, signal) => {
        resolve({ code, signal, stdout, stderr })
      })
      if (options.stdin !== undefined && options.stdin !== 'closed') {
        child.stdin?.on('error', () => undefined)
        child.stdin?.end(options.stdin.text)
      }
    })
  }

  /** Runs with --json and parses the one document. */
  async json(
    args: readonly string[],
    options: RunOptions = {},
  ): Promise<Ran & { readonly value: Record<string, unknown> }> {
    const ran = await this.run([...args, '--json'], options)
    const value: unknown = JSON.parse(ran.stdout)
    if (!isRecord(value)) throw new Error(`no JSON object: ${ran.stdout}`)
    return { ...ran, value }
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
