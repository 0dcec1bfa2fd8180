/** `desk status` and `desk` alone without the parser of command lines, and without Node's streams where nobody looks at a terminal. */
import { fstatSync, writeSync } from 'node:fs'
import type { Answer, Context, Io } from '../command.ts'
import { run as home } from '../commands/home.ts'
import { run as status } from '../commands/status.ts'
import { realDeps } from '../deps.ts'
import { reportFailure } from '../failure-report.ts'
import { ioOf, wantsColour } from '../io.ts'
import { readStatusWords } from './status-words.ts'

/** `otherwise` for whatever has to be parsed properly; `prepareStreams` before the first use of Node's streams. */
export async function showStatus(
  argv: readonly string[],
  otherwise: () => Promise<Answer>,
  prepareStreams: () => void,
): Promise<Answer> {
  const words = readStatusWords(argv)
  if (words === undefined) return otherwise()
  const { screen, exitCode, globals } = words
  const io = screenIo(prepareStreams)
  try {
    const context: Context = { io, deps: realDeps(), globals }
    return screen === 'home' ? await home({}, context) : await status({ exitCode }, context)
  } catch (error) {
    return reportFailure(error, io, { wantsJson: globals.json, withStack: process.env['DESK_DEBUG'] !== undefined })
  }
}

/** A terminal has its width and colours; a pipe or a file has neither, and its stream costs more than the status. */
function screenIo(prepareStreams: () => void): Io {
  if (isTerminal()) {
    prepareStreams()
    return ioOf(process, process.env)
  }
  const writeTo = (descriptor: 1 | 2, text: string): void => {
    const left = writeNow(descriptor, text)
    if (left.length === 0) return
    prepareStreams()
    const stream = descriptor === 1 ? process.stdout : process.stderr
    stream.write(left)
  }
  return {
    out: (text) => {
      writeTo(1, text)
    },
    err: (text) => {
      writeTo(2, text)
    },
    canPrompt: false,
    columns: 80,
    colour: wantsColour(process.env, false),
  }
}

/** Also where it cannot be told: then the stream decides. */
function isTerminal(): boolean {
  try {
    return fstatSync(1).isCharacterDevice()
  } catch {
    return true
  }
}

/** Answers what the descriptor did not take: it is full for the moment, or has no reader. */
function writeNow(descriptor: 1 | 2, text: string): Uint8Array {
  let rest = Buffer.from(text)
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest))
  } catch {
    // The stream knows what to do.
  }
  return rest
}
