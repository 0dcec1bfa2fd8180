/** The one place that looks at terminals and colour conventions. */
import type { Io } from './command.ts'

/** Screens are made for this height; on a lower terminal they scroll. */
const fewestRows = 24

interface Streams {
  readonly stdin: { readonly isTTY?: boolean }
  readonly stdout: {
    readonly isTTY?: boolean
    readonly columns?: number
    readonly rows?: number
    write(text: string): boolean
  }
  readonly stderr: { write(text: string): boolean }
}

/** NO_COLOR (non-empty) and TERM=dumb switch colour off, FORCE_COLOR (not 0) on; otherwise a terminal decides. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const force = env['FORCE_COLOR']
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false'
  if ((env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb') return false
  return isTerminal
}

export function ioOf(streams: Streams, env: Readonly<Record<string, string | undefined>>): Io {
  const terminal = streams.stdin.isTTY === true && streams.stdout.isTTY === true
  return {
    out: (text) => {
      streams.stdout.write(text)
    },
    err: (text) => {
      streams.stderr.write(text)
    },
    canPrompt: terminal && !isSet(env['CI']) && !isSet(env['DESK_NO_INPUT']),
    columns: Math.max(40, Math.min(streams.stdout.columns ?? 80, 120)),
    ...rowsOf(streams.stdout),
    colour: wantsColour(env, streams.stdout.isTTY === true),
  }
}

/** A terminal that does not tell how high it is tells nothing, and some say 0. */
const rowsOf = ({ isTTY, rows = 0 }: Streams['stdout']): Pick<Io, 'rows'> =>
  isTTY === true && rows > 0 ? { rows: Math.max(rows, fewestRows) } : {}

const isSet = (value: string | undefined): boolean =>
  value !== undefined && value !== '' && value !== '0' && value !== 'false'
