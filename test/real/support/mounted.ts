/** A shell with mounts of its own, which go with it. */
import { execPath } from 'node:process'
import { entry, environment, runProgram } from './program.ts'

/**
 * Runs the script as root of a private mount namespace. `desk` in it runs the built program and then prints its exit code as `[<code>]`.
 * Standard error comes with standard output, in order.
 */
export async function inOwnMounts(
  script: string,
  stateDir: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<string> {
  const desk = `desk() { code=0; "${execPath}" "${entry}" "$@" || code=$?; echo "[$code]"; }`
  const env = environment(stateDir, extra)
  const ran = await runProgram('unshare', ['-m', 'sh', '-c', `exec 2>&1; set -e\n${desk}\n${script}`], env)
  if (ran.code !== 0) throw new Error(`the script ended with ${String(ran.code)}\n${ran.stdout}${ran.stderr}`)
  return ran.stdout
}
