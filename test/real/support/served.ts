/** `desk serve` of the built program on a given state directory. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { execPath } from 'node:process'
import { entry, environment } from './program.ts'

export interface RealServer {
  readonly url: string
  /** Asks it to end, and answers its exit code. */
  readonly end: () => Promise<number | null>
}

export const serveCommand = [execPath, entry, 'serve', '--port', '0', '--json'] as const

export const serveDesk = (stateDir: string, env: Readonly<Record<string, string>> = {}): Promise<RealServer> =>
  serveWith(serveCommand, environment(stateDir, env))

/** By a program that becomes `serveCommand`. */
export async function serveWith(
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Promise<RealServer> {
  const child: ChildProcess = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'ignore'] })
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
      const found = /"listening":\["(http:[^"]+)"/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.on('exit', (code) => {
      reject(new Error(`desk serve ended with ${String(code)}: ${said}`))
    })
  })
  return {
    url,
    end: async () => {
      child.kill('SIGTERM')
      const [code] = (await once(child, 'exit')) as [number | null]
      return code
    },
  }
}
