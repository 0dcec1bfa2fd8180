/**
 * The configuration as a real git repository, with a bare repository to push to, and what is live.
 *
 *   <state>/paper/config/repo         work tree
 *   <state>/paper/config/remote.git   where `push` goes
 *   <state>/paper/config/releases/N   the files of the Nth deploy, and N.json: who deployed which commit when
 *   <state>/paper/config/live         symbolic link to the release in force
 *
 * All of it is built aside and renamed into place. A commit carries the idempotency key of the effect that made it; a deploy is in
 * force from the renaming of the link on.
 */
import { ensureDirectory, syncDirectory } from '../../../disk/directory.ts'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, PaperFailure } from '../failure.ts'
import type { Place } from '../store.ts'
import { exclusivelyAsync, paperDir } from '../store.ts'
import { writeBeginning } from './beginning.ts'
import type { Files } from './files.ts'
import { writeTree } from './files.ts'
import { git } from './git.ts'
import { isObjectId, readFilesOf, readObject } from './objects.ts'
import { activateRelease } from './release.ts'

export interface Repository extends Place {
  readonly dir: string
  readonly repo: string
}

export const configLock = 'config'
export const configDir = (stateDir: string): string => join(paperDir(stateDir), 'config')

const at = (place: Place, dir: string): Repository => ({ ...place, dir, repo: join(dir, 'repo') })

/** The repository, made at the first question about it. Throws PaperFailure. */
export async function openRepository({ stateDir, now }: Place): Promise<Repository> {
  const dir = configDir(stateDir)
  const place = { stateDir, now }
  if (!existsSync(dir)) {
    await exclusivelyAsync(place, configLock, () => {
      if (!existsSync(dir)) create(place, dir)
      return Promise.resolve()
    })
  }
  return at(place, dir)
}

/** Runs alone among all that change the repository or what is live. */
export async function holdRepository<R>(place: Place, work: (repository: Repository) => Promise<R>): Promise<R> {
  const repository = await openRepository(place)
  return exclusivelyAsync(repository, configLock, () => work(repository))
}

/** The same with a clean work tree, for whoever commits. */
export function changeRepository<R>(place: Place, change: (repository: Repository) => Promise<R>): Promise<R> {
  return holdRepository(place, async (repository) => {
    // Nobody else runs git here now: an index lock, or a half-made revert, is what a killed process has left.
    rmSync(join(repository.repo, '.git/index.lock'), { force: true })
    await run(repository, ['reset', '--quiet', '--hard', 'HEAD'])
    await run(repository, ['clean', '--quiet', '-fd'])
    return change(repository)
  })
}

export const run = ({ repo, now }: Repository, args: readonly string[]): Promise<string> => git(repo, args, now())

export const keyTrailer = 'Desk-Key'

/** Writes the files, commits them and answers the commit. */
export async function commitFiles(repository: Repository, files: Files, message: string): Promise<string> {
  writeTree(repository.repo, files)
  await run(repository, ['add', '--all'])
  await run(repository, ['commit', '--quiet', '--allow-empty', '--message', message])
  return resolveCommit(repository, 'HEAD')
}

const gitDirOf = ({ repo }: Repository): string => join(repo, '.git')

export async function resolveCommit(repository: Repository, name: string): Promise<string> {
  if (!/^(?:[0-9a-f]{4,64}|HEAD)$/.test(name)) throw new PaperFailure('paper-refused', `${name} is not a commit`)
  const id = name === 'HEAD' ? readHead(repository) : name
  if (id !== undefined && isObjectId(id) && readObject(gitDirOf(repository), id)?.kind === 'commit') return id
  const commit = await run(repository, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]).catch(
    (error: unknown) => {
      if (error instanceof PaperFailure && !error.unreachable)
        throw new PaperFailure('paper-refused', `there is no commit ${name}`)
      throw error
    },
  )
  return commit.trim()
}

/** Undefined for anything but a branch with a file of its own: git knows the rest. */
function readHead(repository: Repository): string | undefined {
  const read = (name: string): string => readFileSync(join(gitDirOf(repository), name), 'utf8').trimEnd()
  try {
    const branch = /^ref: (refs\/heads\/[a-z]+)$/.exec(read('HEAD'))?.[1]
    return branch === undefined ? undefined : read(branch)
  } catch {
    return undefined
  }
}

/** Every file of a commit or tree, by its id, or of `HEAD`. */
export async function filesOf(repository: Repository, name: string): Promise<Files> {
  const tree = name === 'HEAD' ? await resolveCommit(repository, name) : name
  return readFilesOf(gitDirOf(repository), tree) ?? filesByGit(repository, tree)
}

async function filesByGit(repository: Repository, tree: string): Promise<Files> {
  const paths = (await run(repository, ['ls-tree', '-r', '-z', '--name-only', tree])).split('\0').slice(0, -1)
  const names = paths.map((path) => `${tree}:${path}\n`).join('')
  let rest = Buffer.from(await git(repository.repo, ['cat-file', '--batch=%(objectsize)'], repository.now(), names))
  const files = new Map<string, string>()
  for (const path of paths) {
    const end = rest.indexOf('\n')
    const size = Number(rest.subarray(0, end).toString())
    if (end < 0 || !Number.isSafeInteger(size))
      throw new PaperFailure('paper-git', `${path} cannot be read from ${tree}`)
    files.set(path, rest.subarray(end + 1, end + 1 + size).toString())
    rest = rest.subarray(end + 1 + size + 1)
  }
  return files
}

const daysMs = 86_400_000
const firstDeployDays = 9

function create({ stateDir, now }: Place, dir: string): void {
  const aside = `${dir}.new`
  try {
    rmSync(aside, { recursive: true, force: true })
    ensureDirectory(paperDir(stateDir))
    mkdirSync(aside, { recursive: true, mode: 0o700 })
    const { commit, files } = writeBeginning(aside, now())
    const deployedAt = new Date(now().getTime() - firstDeployDays * daysMs).toISOString()
    activateRelease(aside, files, { commit, by: 'release-pipeline', at: deployedAt })
    renameSync(aside, dir)
    syncDirectory(paperDir(stateDir))
  } catch (error) {
    if (error instanceof PaperFailure) throw error
    throw new PaperFailure('paper-disk', `${dir} cannot be made: ${messageOf(error)}`)
  }
}
