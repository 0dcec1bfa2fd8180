/** Standard output and error of this process, without Node's streams where nobody looks at a terminal. */
import { fstatSync } from 'node:fs'
import type { Io } from './command.ts'
import { directOutput } from './direct-output.ts'
import { ioOf, wantsColour } from './io.ts'

/**
 * A terminal has its width and colours; a pipe or a file has neither. `prepareStreams` is called before the first use of a stream, once.
 */
export function processIo(prepareStreams: () => void): Io {
  if (isTerminal()) {
    prepareStreams()
    return ioOf(process, process.env)
  }
  const writeTo = directOutput(prepareStreams)
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

/** Major number of /dev/null and its like on Linux. */
const memoryDevices = 1

/** Also where it cannot be told: then the stream decides. */
function isTerminal(): boolean {
  try {
    const about = fstatSync(1)
    return about.isCharacterDevice() && about.rdev >> 8 !== memoryDevices
  } catch {
    return true
  }
}
