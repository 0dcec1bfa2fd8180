/**
 * The process entry: a pessimistic exit code, then the paths that must start at once, then the rest. Loads Node's own modules only
 * (the build checks it).
 */
import { writeSync } from 'node:fs'
import type { Answer } from './command.ts'
import { commandOf } from './command-of.ts'
import type * as Kill from './fast/kill.ts'
import type * as Status from './fast/status.ts'

declare const DESK_VERSION: string
/** From here on chunks are loaded as the build has compiled them; the build puts it above. */
declare function useCompiledChunks(): void
/** What must start at once is a program of its own; the build puts this above as well. */
declare function atOnce(name: 'kill'): typeof Kill
declare function atOnce(name: 'status'): typeof Status

// A process that dies silently must not look like success, and Node ends an uncaught error with 1, which here means "a check failed".
process.exitCode = 70
process.on('uncaughtException', (error: unknown) => {
  const text =
    error instanceof Error
      ? process.env['DESK_DEBUG'] === undefined
        ? error.message
        : (error.stack ?? error.message)
      : String(error)
  process.stderr.write(`desk: bug: ${text}\nSet DESK_DEBUG=1 to see where. Nothing more was done.\n`)
  process.exit(70)
})
// What was begun goes on to its end though nobody may read of it: a full disk must not leave orders standing, nor an effect without its
// outcome. But who reads only the output cannot tell what became of it, so it is no good end either.
let isLost = false
const tellLoss = (code: string): void => {
  if (isLost) return
  isLost = true
  try {
    writeSync(
      2,
      `desk: standard output could not be written (${code}): what it would have said is lost\n  next: desk run list\n`,
    )
  } catch {
    // then the exit code alone tells
  }
}
// 0, 3 and 69 are what "undetermined" overrules (`worstExit`, which would have to be loaded first).
const overruled: readonly unknown[] = [0, 3, 69]
process.on('exit', () => {
  if (isLost && command !== 'kill' && overruled.includes(process.exitCode)) process.exitCode = 2
})
// A reader that went away (`desk … | head`) is no error of ours.
let areReady = false
const surviveReaders = (): void => {
  if (areReady) return
  areReady = true
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // A terminal that is gone is such a reader too; elsewhere EIO means that output was lost.
      if (error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY)) return
      if (stream === process.stdout) tellLoss(error.code ?? error.message)
    })
  }
}
if (process.env['DESK_DEBUG'] !== undefined) process.setSourceMapsEnabled(true)

// Whoever says where the state lies means that place, also by a path from here; another desk than the one that is meant is the worst answer.
const stateDir = process.env['DESK_STATE_DIR'] ?? ''
if (stateDir !== '' && !stateDir.startsWith('/')) {
  try {
    process.env['DESK_STATE_DIR'] = `${process.cwd()}/${stateDir}`
  } catch {
    // A working directory that is gone: nothing lies below it.
  }
}
const argv = process.argv.slice(2)
const command = commandOf(argv)
const end = (code: Answer): void => {
  process.exitCode = code
}
const runMain = async (): Promise<Answer> => (await import('./main.ts')).main(argv, surviveReaders)
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
  const line = `${DESK_VERSION}\n`
  try {
    writeSync(1, line) // loading the stream takes longer than all the rest
  } catch {
    surviveReaders()
    process.stdout.write(line)
  }
  process.exitCode = 0
} else if (command === 'kill') {
  // Nothing is awaited in it before the permission is gone.
  void atOnce('kill')
    .kill(argv, { showHelp: runMain, prepareStreams: surviveReaders, useCompiled: useCompiledChunks })
    .then(end)
} else if (command === 'status' || argv.length === 0) {
  void atOnce('status')
    .showStatus(argv, runMain, surviveReaders)
    .then((code) => {
      end(code)
      // Without streams everything is written, and another turn of the event loop would only collect garbage.
      if (!areReady) process.exit()
    })
} else {
  void runMain().then(end)
}
