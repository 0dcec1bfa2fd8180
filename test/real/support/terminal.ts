/** A real terminal of 80x24 with the program in it, and somebody who types. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath, pid } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { entry, environment } from './program.ts'

const socket = `desk-real-${String(pid)}`
/** Only a program that never gets there meets it: a disk that others sync all the time can stand still for many seconds. */
const patienceMs = 120_000
let count = 0

const tmux = (...args: readonly string[]): string =>
  execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

export const closeTerminals = (): void => {
  try {
    tmux('kill-server')
  } catch {
    // it went with its last session
  }
}

export interface TerminalOptions {
  /** Lies in the terminal's buffer before the program starts to read. */
  readonly typed?: string
  readonly env?: Readonly<Record<string, string>>
  /** The program that runs ours, and its arguments. */
  readonly under?: readonly string[]
}

export class Terminal {
  readonly #session = `s${String(++count)}`
  readonly #codeFile: string

  constructor(
    stateDir: string,
    args: readonly string[],
    { typed = '', env: own = {}, under = [] }: TerminalOptions = {},
  ) {
    const dir = `${stateDir}.terminal`
    mkdirSync(dir, { recursive: true })
    this.#codeFile = join(dir, `${this.#session}.exit`)
    const config = join(dir, 'tmux.conf')
    writeFileSync(config, 'set -g status off\nset -g default-terminal screen\n')
    // The shell outlives signals that are meant for the program, to tell how that ended; then it holds the screen.
    const gate = `${this.#codeFile}.go`
    const wait = typed === '' ? '' : `while [ ! -e ${gate} ]; do sleep 0.05; done; `
    const script = `trap : INT HUP; ${wait}"$@"; echo $? > ${this.#codeFile}; echo "[exit $(cat ${this.#codeFile})]"; cat > /dev/null`
    const env = Object.entries(environment(stateDir, own)).map(([name, value]) => `${name}=${value}`)
    const command = ['env', '-i', ...env, 'TERM=screen', 'sh', '-c', script, 'sh', ...under, execPath, entry, ...args]
    tmux('-f', config, 'new-session', '-d', '-s', this.#session, '-x', '80', '-y', '24', ...command)
    if (typed === '') return
    tmux('send-keys', '-t', this.#session, '-l', typed)
    writeFileSync(gate, '')
  }

  /** Names of keys as tmux knows them (`Enter`, `C-c`), or single characters. */
  press(...keys: readonly string[]): void {
    tmux('send-keys', '-t', this.#session, ...keys)
  }
  type(text: string): void {
    tmux('send-keys', '-t', this.#session, '-l', text)
  }
  /** What is on the screen now, and nothing that has scrolled away. */
  screen(): string {
    return tmux('capture-pane', '-p', '-t', this.#session).trimEnd()
  }
  /** Lines of the program that the terminal had to break: whoever copies one of them gets two. */
  broken(): readonly string[] {
    const before = this.screen()
    const joined = tmux('capture-pane', '-p', '-J', '-t', this.#session).trimEnd().split('\n')
    // The program writes while somebody looks: only two looks at the same screen can be compared.
    if (this.screen() !== before) return this.broken()
    const lines = before.split('\n')
    return joined.map((line) => line.trimEnd()).filter((line) => !lines.includes(line))
  }
  /** The connection drops. */
  hangUp(): void {
    tmux('kill-session', '-t', this.#session)
  }

  /** The screen as soon as it shows this. */
  async until(shows: RegExp): Promise<string> {
    return this.#wait(
      () => {
        const screen = this.screen()
        return shows.test(screen) ? screen : undefined
      },
      `never showed ${String(shows)}`,
    )
  }
  /** Waits until the screen shows anything else than this. */
  async change(of: string): Promise<void> {
    await this.#wait(() => (this.screen() === of ? undefined : true), 'never changed')
  }
  /** The exit code as soon as there is one. */
  async exit(): Promise<number> {
    const text = await this.#wait(() => {
      const code = existsSync(this.#codeFile) ? readFileSync(this.#codeFile, 'utf8').trim() : ''
      return code === '' ? undefined : code
    }, 'never ended')
    return Number(text)
  }

  async #wait<T>(look: () => T | undefined, otherwise: string): Promise<T> {
    const until = performance.now() + patienceMs
    while (performance.now() < until) {
      const seen = look()
      if (seen !== undefined) return seen
      await pause(40)
    }
    throw new Error(`${otherwise}:\n${this.screen()}`)
  }
}

/** The question on the screen, from its line of state to its keys; undefined where it is not all there. */
export function questionOn(screen: string): readonly string[] | undefined {
  const lines = screen.split('\n')
  const from = lines.findLastIndex((line, i) => /^-{80}$/.test(lines[i + 1] ?? '') && line.startsWith('paper  '))
  const question = lines.slice(from)
  return from >= 0 && question.some((line) => line.includes('q park')) ? question : undefined
}
