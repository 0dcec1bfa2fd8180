/** The ports `config` and `risk`: what should be live, what is, and the limits in it. */
import type { Arguments } from '../arguments.ts'
import { intOf, optionalText, textOf } from '../arguments.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import type { Performed } from '../store.ts'
import type { World } from '../world.ts'
import type { Files } from './files.ts'
import { changedPaths, hashFiles } from './files.ts'
import { isLooser, limitsOf, loosened } from './limits.ts'
import type { Deploy } from './release.ts'
import { activateRelease, listDeploys, liveDir, readLive } from './release.ts'
import type { Repository } from './repository.ts'
import {
  changeRepository,
  commitFiles,
  filesOf,
  holdRepository,
  keyTrailer,
  openRepository,
  resolveCommit,
  run,
} from './repository.ts'
import { sha256 } from '../../../model/sha256.ts'

export const configReads: Readonly<Record<string, ReadHandler>> = {
  'config.head': async (world) => {
    const repository = await openRepository(world)
    const commit = await resolveCommit(repository, 'HEAD')
    return { commit, hash: hashFiles(await filesOf(repository, commit)) }
  },
  'config.hash': async (world, args) => ({
    hash: hashOf(await filesOf(await openRepository(world), 'HEAD'), optionalText(args, 'path'), 'committed'),
  }),
  'config.liveHash': async (world, args) => ({
    hash: hashOf(readLive((await openRepository(world)).dir), optionalText(args, 'path'), 'live'),
  }),
  'config.diff': async (world) => {
    const repository = await openRepository(world)
    const [head, live] = [await filesOf(repository, 'HEAD'), readLive(repository.dir)]
    const files = changedPaths(head, live)
    const loosens = loosened(limitsOf(head, 'at HEAD'), limitsOf(live, 'live')).length > 0
    return { same: files.length === 0, files, loosens, text: files.length === 0 ? '' : await diffText(repository) }
  },
  'config.changes': async (world, args) => {
    const { dir } = await openRepository(world)
    const nowMs = world.now().getTime()
    const sinceMs = nowMs - intOf(args, 'sinceMinutes') * 60_000
    const recent = listDeploys(dir).filter(({ at }) => Date.parse(at) >= sinceMs && Date.parse(at) <= nowMs)
    return { deploys: recent.map(({ at, by, commit }) => ({ at, by, commit })) }
  },
  'config.read': async (world, args) => {
    const path = textOf(args, 'path')
    const text = textIn(await filesOf(await openRepository(world), 'HEAD'), path, 'committed')
    return { path, text, hash: sha256(text) }
  },
  'config.log': async (world, args) => {
    const repository = await openRepository(world)
    const last = intOf(args, 'last')
    if (last < 1) return refuse('ask for at least one commit')
    const format = '--format=%H%x00%cI%x00%an%x00%s'
    const text = await run(repository, ['log', `-${String(last)}`, format, '--', textOf(args, 'path')])
    const lines = text.split('\n').filter((line) => line !== '')
    return {
      commits: lines.map((line) => {
        const [commit = '', at = '', author = '', subject = ''] = line.split('\0')
        return { commit, at, author, subject }
      }),
    }
  },
  'risk.limits': async (world) => {
    const repository = await openRepository(world)
    const inForce = limitsOf(readLive(repository.dir), 'live')
    const committed = limitsOf(await filesOf(repository, 'HEAD'), 'at HEAD')
    const baseline = limitsOf(await filesOf(repository, await baselineCommit(repository, world)), 'before the halt')
    const limits = [...baseline.values()].map((before) => {
      const now = inForce.get(before.name) ?? refuse(`limit ${before.name} is not in the live file`)
      const next = committed.get(before.name) ?? refuse(`limit ${before.name} is not in the committed file`)
      const softened = isLooser(before, now) || isLooser(before, next)
      const values = { inForce: now.value, committed: next.value, before: before.value }
      return { name: before.name, ...values, looser: before.looser, softened }
    })
    return { softened: limits.filter(({ softened }) => softened).length, limits }
  },
}

const textIn = (files: Files, path: string, what: string): string =>
  files.get(path) ?? refuse(`${path} is not a ${what} file`)

const hashOf = (files: Files, path: string | undefined, what: string): string =>
  path === undefined ? hashFiles(files) : sha256(textIn(files, path, what))

const diffText = (repository: Repository): Promise<string> =>
  run(repository, [`--work-tree=${liveDir(repository.dir)}`, 'diff', '--no-color', '--no-ext-diff', 'HEAD'])

/** The last commit before the halt; HEAD while the desk is not halted. */
async function baselineCommit(repository: Repository, world: World): Promise<string> {
  const haltedAt = await world.haltedAt()
  if (haltedAt === undefined) return resolveCommit(repository, 'HEAD')
  // Commits are dated in whole seconds: one of the halt's own second may be later than the halt.
  const before = new Date(Math.floor(haltedAt.getTime() / 1000) * 1000 - 1000).toISOString()
  const found = (await run(repository, ['rev-list', '-1', `--before=${before}`, 'HEAD'])).trim()
  return found === '' ? refuse('the configuration has no commit from before the halt') : found
}

const trailer = (key: string): string => `${keyTrailer}: ${sha256(key)}`

/** The commit that an effect with this key has made. */
async function findCommit(repository: Repository, key: string): Promise<Performed | undefined> {
  const grep = ['--fixed-strings', `--grep=${trailer(key)}`]
  const [commit, at] = (await run(repository, ['log', '-1', '--format=%H %cI', ...grep])).trim().split(' ')
  return commit === undefined || at === undefined ? undefined : { method: 'config', value: { commit }, at }
}

/** Effects that end in a commit. */
const committing = (
  commit: (repository: Repository, world: World, args: Arguments, key: string) => Promise<string>,
): EffectHandler => ({
  act: (world, args, key, method) =>
    changeRepository(world, async (repository) => {
      const before = await findCommit(repository, key)
      if (before !== undefined) return before
      const made = await commit(repository, world, args, key)
      return { method, value: { commit: made }, at: world.now().toISOString() }
    }),
  lookup: async (world, _args, key) => findCommit(await openRepository(world), key),
})

async function revert(repository: Repository, _world: World, args: Arguments, key: string): Promise<string> {
  const commit = await resolveCommit(repository, textOf(args, 'commit'))
  const note = `This reverts commit ${commit}.`
  const already = (await run(repository, ['log', '-1', '--format=%H', '--fixed-strings', `--grep=${note}`])).trim()
  if (already !== '') return already
  const head = await filesOf(repository, 'HEAD')
  const subject = (await run(repository, ['log', '-1', '--format=%s', commit])).trim()
  await run(repository, ['revert', '--no-commit', commit])
  const tree = (await run(repository, ['write-tree'])).trim()
  refuseLoosening(head, await filesOf(repository, tree), `reverting ${commit.slice(0, 12)}`)
  await run(repository, ['commit', '--quiet', '--message', `Revert "${subject}"\n\n${note}\n\n${trailer(key)}`])
  return resolveCommit(repository, 'HEAD')
}

async function commitLive(repository: Repository, _world: World, args: Arguments, key: string): Promise<string> {
  const head = await filesOf(repository, 'HEAD')
  const live = chosen(head, readLive(repository.dir), optionalText(args, 'path'))
  if (changedPaths(head, live).length === 0) return resolveCommit(repository, 'HEAD')
  refuseLoosening(head, live, 'committing the live files')
  const gone = [...head.keys()].filter((path) => !live.has(path))
  if (gone.length > 0) await run(repository, ['rm', '--quiet', '--', ...gone])
  return commitFiles(repository, live, `${textOf(args, 'message')}\n\n${trailer(key)}`)
}

/** The live files; or the committed ones, but for one that is taken as it is live. */
function chosen(head: Files, live: Files, path: string | undefined): Files {
  if (path === undefined) return live
  return new Map([...head, [path, textIn(live, path, 'live')]])
}

function refuseLoosening(from: Files, to: Files, what: string): void {
  const names = loosened(limitsOf(from, 'before'), limitsOf(to, 'after'))
  if (names.length > 0) refuse(`${what} would loosen ${names.join(', ')}`)
}

const remote = '../remote.git'

/** Whether the remote has what is committed here: pushing twice changes nothing. */
async function findPush(repository: Repository): Promise<Performed | undefined> {
  const commit = await resolveCommit(repository, 'HEAD')
  const pushed = (await run(repository, ['ls-remote', remote, 'refs/heads/main'])).split('\t')[0]
  return pushed === commit
    ? { method: 'config.push', value: { commit }, at: repository.now().toISOString() }
    : undefined
}

const performedBy = ({ commit, at }: Deploy, files: Files): Performed => ({
  method: 'config.deploy',
  value: { commit, hash: hashFiles(files) },
  at,
})

const findDeploy = async (repository: Repository, key: string): Promise<Performed | undefined> => {
  const deploy = listDeploys(repository.dir).find((each) => each.key === sha256(key))
  return deploy === undefined ? undefined : performedBy(deploy, await filesOf(repository, deploy.commit))
}

export const configEffects: Readonly<Record<string, EffectHandler>> = {
  'config.revert': committing(revert),
  'config.commitLive': committing(commitLive),
  'config.push': {
    act: (world) =>
      holdRepository(world, async (repository) => {
        await run(repository, ['push', '--quiet', remote, 'main:main'])
        const commit = await resolveCommit(repository, 'HEAD')
        return { method: 'config.push', value: { commit }, at: world.now().toISOString() }
      }),
    lookup: async (world) => findPush(await openRepository(world)),
  },
  'config.deploy': {
    act: (world, args, key) =>
      holdRepository(world, async (repository) => {
        const before = await findDeploy(repository, key)
        if (before !== undefined) return before
        const commit = await resolveCommit(repository, textOf(args, 'commit'))
        const files = await filesOf(repository, commit)
        const baseline = await filesOf(repository, await baselineCommit(repository, world))
        refuseLoosening(baseline, files, `deploying ${commit.slice(0, 12)}`)
        const deploy: Deploy = { commit, by: 'desk', at: world.now().toISOString(), key: sha256(key) }
        activateRelease(repository.dir, files, deploy)
        return performedBy(deploy, files)
      }),
    lookup: async (world, _args, key) => findDeploy(await openRepository(world), key),
  },
}
