/** `desk serve` of the built program on any free port, as a process of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Desk } from './desk.ts'

const entry = join(import.meta.dirname, '..', '..', 'bin', 'desk.cjs')

export interface Serving {
  readonly url: string
  readonly process: ChildProcessByStdio<null, Readable, Readable>
  /** Its standard output so far. */
  readonly said: () => string
  /** What it has logged so far. */
  readonly log: () => string
}

/** Resolves once it listens; rejects with what it said where it ends before. */
export function serve(
  desk: Desk,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Serving> {
  const { NODE_EXTRA_CA_CERTS: _certs, ...outer } = process.env
  const own = {
    HOME: desk.dir,
    XDG_STATE_HOME: '',
    XDG_CONFIG_HOME: '',
    DESK_STATE_DIR: desk.stateDir,
    DESK_NOW: desk.now,
  }
  const child = spawn(process.execPath, [entry, 'serve', '--port', '0', '--json', ...args], {
    env: { ...outer, ...own, DESK_OPERATOR: 'oncall', ...env },
    cwd: desk.dir,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const url = /"listening":\["(http:[^"]+)"/.exec(said)?.[1]
      if (url !== undefined) resolve({ url, process: child, said: () => said, log: () => log })
    })
    child.on('exit', (code) => {
      reject(new Error(`ended with ${String(code)}: ${said}${log}`))
    })
  })
}
