/** What a command is: one file in `commands/`, an options record and a function that answers an exit code. */
import type { ExitCode } from '../model/failure.ts'

/** Streams and what they can do. Commands never touch `process`. Data goes to `out`, everything else to `err`. */
export interface Io {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Standard input and output are terminals, no CI, no DESK_NO_INPUT: only then may anything be asked. */
  readonly canPrompt: boolean
  readonly columns: number
  /** Height of the terminal that `out` goes to; absent where it goes to a pipe or a file, which have no end. */
  readonly rows?: number
  /** From here on these values are blacked out in everything that is written. Absent where nothing is. */
  readonly hide?: (secrets: readonly string[]) => void
  /** Whether escape sequences may be written to `out`; decided in one place (`io.ts`). */
  readonly colour: boolean
}

/** Where the operating system says which desks there are and who is who. Other places in tests only. */
export interface System {
  readonly liveRegistry: string
  readonly loginUidFile: string
  readonly passwdFile: string
  /** The user whose files may say on a live desk who is who: root. */
  readonly trustedUid: number
}

export interface Deps {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** The clock: DESK_NOW on paper, else the system's. */
  readonly now: () => Date
  readonly random: (bytes: number) => Uint8Array
  readonly host: string
  readonly pid: number
  readonly system: System
  /** Resolves after the time, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Aborted by SIGINT, SIGTERM or SIGHUP; its reason is the signal's name. */
  readonly interrupted: AbortSignal
  /** What Ctrl-C at a prompt does, where the terminal sends no signal. */
  readonly interrupt: (signal: 'SIGINT' | 'SIGHUP') => void
}

/** Options that stand before or after any command. */
export interface Globals {
  readonly json: boolean
  /** `ndjson`: walks stream their records instead, a JSON document per line. */
  readonly output?: 'ndjson'
  readonly profile?: string
  readonly config?: string
  readonly plain: boolean
}

export interface Context {
  readonly io: Io
  readonly deps: Deps
  readonly globals: Globals
}

/** The codes of `cli.md`, or those that `--detailed-exitcode`, `--exit-code` and `--format nagios` ask for. */
export type Answer = ExitCode | 10 | 11 | 12 | 13 | 14
export type Command<Options> = (options: Options, context: Context) => Promise<Answer>
