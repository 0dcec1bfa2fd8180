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
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf, PaperFailure } from '../failure.ts'
import type { Place } from '../store.ts'
import { exclusivelyAsync, paperDir } from '../store.ts'
import type { Files } from './files.ts'
import { builderFile, limitsFile, strategyFile, writeTree } from './files.ts'
import { author, git } from './git.ts'
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
    await exclusivelyAsync(place, configLock, async () => {
      if (!existsSync(dir)) await create(place, dir)
    })
  }
  return at(place, dir)
}

/** Runs alone among all that change the repository, with a clean work tree. */
export async function changeRepository<R>(place: Place, change: (repository: Repository) => Promise<R>): Promise<R> {
  const repository = await openRepository(place)
  return exclusivelyAsync(repository, configLock, async () => {
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

export async function resolveCommit(repository: Repository, name: string): Promise<string> {
  if (!/^(?:[0-9a-f]{4,64}|HEAD)$/.test(name)) throw new PaperFailure('paper-refused', `${name} is not a commit`)
  const commit = await run(repository, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]).catch(
    (error: unknown) => {
      if (error instanceof PaperFailure && !error.unreachable)
        throw new PaperFailure('paper-refused', `there is no commit ${name}`)
      throw error
    },
  )
  return commit.trim()
}

/** Every file of a commit or tree. */
export async function filesOf(repository: Repository, tree: string): Promise<Files> {
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
/** Oldest first: what each commit changed, how many days before the beginning. */
const history: readonly (readonly [days: number, subject: string, files: Files])[] = [
  [
    30,
    'State the risk limits',
    new Map([
      [
        limitsFile,
        [
          'limits:',
          '  - { name: max-position, value: "5000", looser: higher }',
          '  - { name: daily-drawdown-floor, value: "-25000", looser: lower }',
          '  - { name: value-at-risk, value: "40000", looser: higher }',
          '  - { name: single-name-share, value: "0.25", looser: higher }',
          '',
        ].join('\n'),
      ],
    ]),
  ],
  [
    20,
    'Configure the strategy',
    new Map([[strategyFile, 'model: signal\nalias: production\nbar_interval_seconds: 60\n']]),
  ],
  [
    10,
    'Round orders to lots and ticks',
    new Map([[builderFile, 'rounding: lot-and-tick\nmax_order_quantity: "500"\n']]),
  ],
]
const firstDeployDays = 9

/** The history as `git fast-import` reads it: one process instead of three per commit. */
function importStream(now: Date): string {
  const data = (text: string): string => `data ${String(Buffer.byteLength(text))}\n${text}\n`
  return history
    .map(([days, subject, files]) => {
      const seconds = Math.floor((now.getTime() - days * daysMs) / 1000)
      const changes = [...files].map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`).join('')
      return `commit refs/heads/main\ncommitter ${author.name} <${author.email}> ${String(seconds)} +0000\n${data(`${subject}\n`)}${changes}`
    })
    .join('')
}

async function create(place: Place, dir: string): Promise<void> {
  const aside = `${dir}.new`
  try {
    rmSync(aside, { recursive: true, force: true })
    ensureDirectory(paperDir(place.stateDir))
    mkdirSync(join(aside, 'repo'), { recursive: true, mode: 0o700 })
    const seeded = at(place, aside)
    await run(seeded, ['init', '--quiet', '--initial-branch=main', '--template='])
    await run(seeded, ['init', '--quiet', '--bare', '--initial-branch=main', '--template=', '../remote.git'])
    await git(seeded.repo, ['fast-import', '--quiet'], place.now(), importStream(place.now()))
    await run(seeded, ['reset', '--quiet', '--hard', 'HEAD'])
    await run(seeded, ['push', '--quiet', '../remote.git', 'main:main'])
    const commit = await resolveCommit(seeded, 'HEAD')
    const deployedAt = new Date(place.now().getTime() - firstDeployDays * daysMs).toISOString()
    activateRelease(aside, await filesOf(seeded, commit), { commit, by: 'release-pipeline', at: deployedAt })
    renameSync(aside, dir)
    syncDirectory(paperDir(place.stateDir))
  } catch (error) {
    if (error instanceof PaperFailure) throw error
    throw new PaperFailure('paper-disk', `${dir} cannot be made: ${messageOf(error)}`)
  }
}
