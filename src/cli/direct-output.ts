/** Writing to standard output and error past Node's streams, which take 4 ms to load and are needed only where a reader is slow or gone. */
import { writeSync } from 'node:fs'

/** `prepareStreams` is called before the first use of a stream. */
export function directOutput(prepareStreams: () => void): (descriptor: 1 | 2, text: string) => void {
  // What a stream holds back must not be overtaken, so once one was needed it is used to the end.
  const streamed = new Set<1 | 2>()
  return (descriptor, text) => {
    const left = streamed.has(descriptor) ? Buffer.from(text) : writeNow(descriptor, text)
    if (left.length === 0) return
    streamed.add(descriptor)
    prepareStreams()
    const stream = descriptor === 1 ? process.stdout : process.stderr
    stream.write(left)
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
