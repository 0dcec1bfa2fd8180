/**
 * A branch of a git remote. Its history only ever grows: nothing is forced, so a server that refuses rewriting keeps every note. What is
 * cloned goes away again; the remote alone says what it has.
 */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Copied, Kept } from './copied.ts'
import { place } from './folder.ts'

const timeoutMs = 30_000
const defaultBranch = 'desk-checkpoints'
const fixed = [
  'core.hooksPath=/dev/null',
  'commit.gpgSign=false',
  'gc.auto=0',
  'user.name=desk',
  'user.email=desk@localhost',
]

export async function copyToGit(to: string, kept: Kept, now: Date): Promise<Copied> {
  const [remote = '', branch = defaultBranch] = to.slice('git+'.length).split('#')
  const shown = `git+${withoutPassword(remote)}#${branch}`
  const dir = mkdtempSync(join(tmpdir(), 'desk-checkpoints-'))
  try {
    const git = (...args: readonly string[]): Promise<string> => run(dir, args, now)
    await git('init', '--quiet', '--initial-branch', branch)
    const heads = await git('ls-remote', '--heads', '--', remote, branch)
    if (heads !== '') {
      await git('fetch', '--quiet', '--depth', '1', '--', remote, `refs/heads/${branch}`)
      await git('reset', '--quiet', '--hard', 'FETCH_HEAD')
    }
    const { written, differs } = place(dir, kept)
    if (differs !== undefined) return { kind: 'differs', to: shown, reason: differs.replaceAll(`${dir}/`, '') }
    await git('add', '--all')
    if ((await git('status', '--porcelain')) !== '') {
      await git('commit', '--quiet', '--message', `checkpoints: ${String(written)} more`)
      await git('push', '--quiet', '--', remote, `HEAD:refs/heads/${branch}`)
    }
    return { kind: 'copied', to: shown, notes: written }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { kind: 'unreachable', to: shown, reason: reason.replaceAll(remote, withoutPassword(remote)) }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const withoutPassword = (remote: string): string => remote.replace(/\/\/[^/@]*@/, '//')

/** Never asks for anything: who cannot get in without a question is told so. */
function run(dir: string, args: readonly string[], now: Date): Promise<string> {
  const date = `${String(Math.floor(now.getTime() / 1000))} +0000`
  const env = {
    ...process.env,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: process.env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes -o ConnectTimeout=10',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_DATE: date,
    // Set by hooks and by git itself, they would lead out of this folder.
    GIT_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_INDEX_FILE: undefined,
  }
  const settings = fixed.flatMap((each) => ['-c', each])
  return new Promise((resolve, reject) => {
    const child = execFile(
      'git',
      [...settings, ...args],
      { cwd: dir, env, timeout: timeoutMs },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout)
        else reject(new Error(failureOf(error, args[0] ?? '', stderr)))
      },
    )
    child.stdin?.end()
  })
}

function failureOf(
  error: Error & { readonly code?: unknown; readonly killed?: boolean },
  command: string,
  stderr: string,
): string {
  if (error.code === 'ENOENT') return 'git cannot be started: is it installed?'
  if (error.killed === true) return `git ${command} took longer than ${String(timeoutMs / 1000)} s`
  return `git ${command}: ${stderr.trim().split('\n').at(-1) ?? error.message}`
}
