/**
 * The terminal that questions are put to. What was typed before a question stood on the screen answers nothing: it is thrown away. A
 * closed terminal and Ctrl-C are no answers either: the caller is told, and parks.
 */
import { closeSync, writeSync } from 'node:fs'
import { stdin } from 'node:process'
import inquirer from 'inquirer'
import { askKey, type KeyQuestion } from './keys.ts'
import type { Deps } from '../command.ts'

export interface Terminal {
  /** One of the keys offered; undefined: whoever was there has left. */
  readonly key: (question: KeyQuestion) => Promise<string | undefined>
  /** Words, never empty; undefined: whoever was there has left. */
  readonly words: (message: string) => Promise<string | undefined>
}

export function terminalOf(deps: Pick<Deps, 'interrupted' | 'interrupt'>): Terminal {
  surviveHangUp(deps)
  const leaving = async (ask: (signal: AbortSignal) => Promise<string>): Promise<string | undefined> => {
    const gone = new AbortController()
    const hangUp = (): void => {
      gone.abort()
    }
    await discardTypedAhead()
    // Ctrl-D and a terminal that is gone close the prompt without an answer; all that shows is that nobody reads any more.
    stdin.once('pause', hangUp)
    try {
      return await ask(AbortSignal.any([deps.interrupted, gone.signal]))
    } catch (error) {
      if (!(error instanceof Error)) throw error
      if (error.name === 'ExitPromptError') deps.interrupt('SIGINT')
      else if (error.name !== 'AbortPromptError') throw error
      return undefined
    } finally {
      stdin.off('pause', hangUp)
    }
  }
  return {
    key: (question) => leaving((signal) => askKey(question, { signal })),
    words: (message) =>
      leaving(async (signal) => {
        const ask = inquirer.createPromptModule({ signal })
        const validate = (text: string): true | string => text.trim() !== '' || 'Say it in a few words.'
        const said: unknown = await ask([{ type: 'input', name: 'words', message, validate }])
        const words: unknown = typeof said === 'object' && said !== null ? Reflect.get(said, 'words') : undefined
        if (typeof words !== 'string') throw new TypeError('the prompt answered no text')
        return words
      }),
  }
}

/**
 * Where the line dropped, reading ends or fails, even giving the terminal its mode back fails, and a prompt that closes would throw
 * that. All three can come before the system's signal does.
 */
function surviveHangUp({ interrupt }: Pick<Deps, 'interrupt'>): void {
  if (!stdin.isTTY) return
  const hungUp = (): void => {
    interrupt('SIGHUP')
  }
  const setRawMode = stdin.setRawMode.bind(stdin)
  stdin.setRawMode = (mode) => {
    try {
      return setRawMode(mode)
    } catch {
      hungUp()
      return stdin
    }
  }
  const destroy = stdin.destroy.bind(stdin)
  stdin.destroy = (error) => {
    if (error !== undefined) hungUp()
    // The prompt is closed by now, and would throw the error.
    return destroy()
  }
  stdin.once('end', () => {
    if (isGone(stdin.fd)) hungUp()
  })
  // Node aborts when it finds a terminal at its end that it cannot set back; what is closed it leaves alone.
  process.once('exit', () => {
    for (const fd of [0, 1, 2]) if (isGone(fd)) closeSync(fd)
  })
}

/** Whether this is a terminal whose line dropped: even nothing can no longer be written there. */
function isGone(fd: number): boolean {
  try {
    writeSync(fd, '')
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EIO'
  }
}

/** Reads away what lies in the terminal's buffer. One turn of the event loop lets the stream fill itself first. */
async function discardTypedAhead(): Promise<void> {
  if (!stdin.isTTY) return
  stdin.setRawMode(true)
  stdin.resume()
  const drop = (): void => undefined
  stdin.on('data', drop)
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
  stdin.off('data', drop)
  stdin.pause()
}
