/** Standard output and error of this process, without Node's streams where nobody looks at a terminal: loading them takes 4 ms. */
import { fstatSync, writeSync } from 'node:fs'
import type { Io } from './command.ts'
import { ioOf, wantsColour } from './io.ts'

/**
 * A terminal has its width and colours; a pipe or a file has neither. `prepareStreams` is called before the first use of a stream, once.
 */
export function processIo(prepareStreams: () => void): Io {
  if (isTerminal()) {
    prepareStreams()
    return ioOf(process, process.env)
  }
  // What a stream holds back must not be overtaken, so once one was needed it is used to the end.
  const streamed = new Set<1 | 2>()
  const writeTo = (descriptor: 1 | 2, text: string): void => {
    const left = streamed.has(descriptor) ? Buffer.from(text) : writeNow(descriptor, text)
    if (left.length === 0) return
    streamed.add(descriptor)
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
