/** Git as a program: no shell, no hooks, no configuration but what is given here, and no network. */
import { getBuiltinModule } from 'node:process'
import { PaperFailure } from '../failure.ts'

const timeoutMs = 20_000
const longestOutput = 4 * 1024 * 1024
export const author = { name: 'desk', email: 'desk@paper.invalid' } as const

/** Runs git in a directory and answers its standard output. Throws PaperFailure where git is missing or says no. */
export function git(dir: string, args: readonly string[], now: Date, input = ''): Promise<string> {
  const fixed = ['-c', 'core.hooksPath=/dev/null', '-c', 'safe.directory=*', '-c', 'protocol.allow=never']
  const local = ['-c', 'protocol.file.allow=always', '-c', 'commit.gpgSign=false', '-c', 'gc.auto=0']
  const options = { cwd: dir, env: environment(now), timeout: timeoutMs, maxBuffer: longestOutput }
  // Most commands start no git, so what starts programs is loaded here.
  const { execFile } = getBuiltinModule('node:child_process')
  return new Promise((resolve, reject) => {
    const child = execFile('git', [...fixed, ...local, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(failureOf(error, args[0] ?? '', stderr))
    })
    // A git that ends early closes its input; its exit code tells what happened.
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input)
  })
}

function failureOf(error: Error & { code?: unknown; killed?: boolean }, command: string, stderr: string): PaperFailure {
  if (error.code === 'ENOENT') return new PaperFailure('paper-git', 'git cannot be started: is it installed?', true)
  if (error.killed === true) return new PaperFailure('paper-git', `git ${command} took too long`, true, true)
  return new PaperFailure('paper-git', `git ${command}: ${stderr.trim().split('\n').at(-1) ?? error.message}`)
}

function environment(now: Date): NodeJS.ProcessEnv {
  const date = `${String(Math.floor(now.getTime() / 1000))} +0000`
  return {
    PATH: process.env['PATH'],
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    // Reading must not write the index behind a writer's back.
    GIT_OPTIONAL_LOCKS: '0',
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    GIT_COMMITTER_DATE: date,
  }
}
