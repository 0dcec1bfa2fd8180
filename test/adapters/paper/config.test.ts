/** The configuration repository and what is live. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { PaperDesk } from './desk.ts'

const live = (desk: PaperDesk, path: string): string => join(desk.stateDir, 'paper/config/live', path)
const limits = (position: string): string =>
  [
    'limits:',
    `  - { name: max-position, value: "${position}", looser: higher }`,
    '  - { name: daily-drawdown-floor, value: "-25000", looser: lower }',
    '  - { name: value-at-risk, value: "40000", looser: higher }',
    '  - { name: single-name-share, value: "0.25", looser: higher }',
    '',
  ].join('\n')
const reasonOf = async (answer: Promise<{ readonly kind: string; readonly reason?: string }>): Promise<string> => {
  const { kind, reason } = await answer
  return `${kind}: ${reason ?? ''}`
}
const headOf = async (desk: PaperDesk): Promise<string> => (await desk.value('config.head')).text('commit')

test('a fresh desk is live on what is committed, and git agrees', async () => {
  const desk = new PaperDesk()
  const head = await desk.value('config.head')
  expect((await desk.value('config.liveHash')).at('hash')).toBe(head.at('hash'))
  expect((await desk.value('config.diff')).json).toEqual({ same: true, files: [], loosens: false, text: '' })
  const repo = join(desk.stateDir, 'paper/config/repo')
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'safe.directory=*', '-C', repo, ...args], { encoding: 'utf8' }).trim()
  expect(git('rev-parse', 'HEAD')).toBe(head.at('commit'))
  expect(git('status', '--porcelain')).toBe('')
  expect(git('log', '-1', '--format=%ae')).toBe('desk@paper.invalid')
  expect(git('fsck', '--strict')).toBe('')
})

test('a hot edit shows as a difference; committed and pushed, it is gone', async () => {
  const desk = new PaperDesk()
  await desk.set('config-hot-edit')
  expect((await desk.value('config.diff')).text('text')).toContain('+# edited by hand')
  const commit = (await desk.done('config.commitLive', { message: 'Keep it' }, 'k')).text('commit')
  expect(await headOf(desk)).toBe(commit)
  expect((await desk.value('config.diff')).at('same')).toBe(true)
  expect(await desk.lookup('config.push', {}, 'p')).toMatchObject({ kind: 'not-done' })
  expect((await desk.done('config.push', {}, 'p')).at('commit')).toBe(commit)
  expect(await desk.lookup('config.push', {}, 'p')).toMatchObject({ kind: 'done' })
  // The same key commits once, even when there is something to commit again.
  writeFileSync(live(desk, 'strategy/config.yml'), 'model: other\n')
  expect((await desk.done('config.commitLive', { message: 'Keep it' }, 'k')).at('commit')).toBe(commit)
})

test('one file has a hash of its own, committed and live', async () => {
  const desk = new PaperDesk()
  await desk.set('config-hot-edit')
  const hashes = async (args: { readonly path?: string }): Promise<boolean> =>
    (await desk.value('config.hash', args)).at('hash') === (await desk.value('config.liveHash', args)).at('hash')
  expect(await Promise.all([{}, { path: 'strategy/config.yml' }, { path: 'risk/limits.yml' }].map(hashes))).toEqual([
    false,
    false,
    true,
  ])
  const read = await desk.value('config.read', { path: 'risk/limits.yml' })
  expect((await desk.value('config.liveHash', { path: 'risk/limits.yml' })).at('hash')).toBe(read.at('hash'))
  for (const method of ['config.hash', 'config.liveHash'])
    expect(await reasonOf(desk.read(method, { path: 'nowhere.yml' }))).toContain('nowhere.yml is not a')
})

test('a hot edit is undone by deploying what is committed', async () => {
  const desk = new PaperDesk()
  await desk.set('config-hot-edit')
  const commit = await headOf(desk)
  const done = await desk.done('config.deploy', { commit }, 'k')
  expect(done.at('hash')).toBe((await desk.value('config.head')).at('hash'))
  expect((await desk.value('config.diff')).at('same')).toBe(true)
  expect((await desk.value('config.changes', { sinceMinutes: 120 })).list('deploys')).toHaveLength(1)
  await desk.done('config.deploy', { commit }, 'k')
  expect((await desk.value('config.changes', { sinceMinutes: 120 })).list('deploys')).toHaveLength(1)
})

test('the commit behind bad lots is found, reverted once, and deployed', async () => {
  const desk = new PaperDesk()
  await desk.set('bad-lots')
  const [bad] = (await desk.value('config.log', { path: 'orders', last: 3 })).list('commits')
  const commit = bad?.text('commit') ?? ''
  const reverted = (await desk.done('config.revert', { commit }, 'k')).text('commit')
  expect(await desk.lookup('config.revert', { commit }, 'k')).toMatchObject({
    kind: 'done',
    value: { commit: reverted },
  })
  expect((await desk.done('config.revert', { commit }, 'another key')).at('commit')).toBe(reverted)
  expect((await desk.value('config.diff')).at('files')).toEqual(['orders/builder.yml'])
  await desk.done('config.deploy', { commit: reverted }, 'd')
  expect((await desk.value('config.diff')).at('same')).toBe(true)
})

test('nothing that would loosen a limit is committed, reverted or deployed', async () => {
  const desk = new PaperDesk()
  await desk.value('config.head')
  writeFileSync(live(desk, 'risk/limits.yml'), limits('4000'))
  const tightened = (await desk.done('config.commitLive', { message: 'Tighten' }, 'a')).text('commit')
  expect(await reasonOf(desk.act('config.revert', { commit: tightened }, 'b'))).toMatch(
    /^failed: .*would loosen max-position/,
  )
  expect(await headOf(desk)).toBe(tightened)
  const [, older] = (await desk.value('config.log', { path: 'risk', last: 5 })).list('commits')
  const commit = older?.text('commit') ?? ''
  expect(await reasonOf(desk.act('config.deploy', { commit }, 'c'))).toMatch(/^failed: .*would loosen max-position/)
  writeFileSync(live(desk, 'risk/limits.yml'), limits('4001'))
  expect(await reasonOf(desk.act('config.commitLive', { message: 'Loosen' }, 'd'))).toMatch(/^failed: .*would loosen/)
  for (const key of ['b', 'c', 'd']) {
    expect(await desk.lookup('config.deploy', { commit }, key)).toMatchObject({ kind: 'not-done' })
  }
})

test.each([
  ['is gone', (text: string) => text.replace(/.*value-at-risk.*\n/, ''), 'is not in the live file'],
  ['is no number', (text: string) => text.replace('"40000"', 'high'), 'Invalid'],
  ['is no YAML', () => 'limits: [', 'live: '],
])('a live limit that %s is a failure, never "no limits softened"', async (_what, edit, why) => {
  const desk = new PaperDesk()
  await desk.value('config.head')
  writeFileSync(live(desk, 'risk/limits.yml'), edit(limits('5000')))
  expect(await reasonOf(desk.read('risk.limits'))).toMatch(/^failure: /)
  expect(await reasonOf(desk.read('risk.limits'))).toContain(why)
})

test('a limit softened by a commit after the halt counts against the last commit before it', async () => {
  const desk = new PaperDesk()
  await desk.value('config.head')
  desk.haltedAt = desk.now()
  desk.moment = '2026-11-19T12:30:00-05:00'
  const repo = join(desk.stateDir, 'paper/config/repo')
  writeFileSync(join(repo, 'risk/limits.yml'), limits('9000'))
  const identity = ['-c', 'user.name=someone', '-c', 'user.email=someone@paper.invalid', '-c', 'safe.directory=*']
  const date = desk.now().toISOString()
  execFileSync('git', [...identity, 'commit', '-qam', 'Raise a limit'], {
    cwd: repo,
    env: { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
  })
  const softened = await desk.value('risk.limits')
  expect(softened.at('softened')).toBe(1)
  expect(softened.list('limits')[0]?.json).toMatchObject({
    inForce: '5000',
    committed: '9000',
    before: '5000',
    softened: true,
  })
  const commit = await headOf(desk)
  expect(await reasonOf(desk.act('config.deploy', { commit }, 'k'))).toMatch(/^failed: .*would loosen/)
  await desk.done('config.revert', { commit }, 'r')
  expect((await desk.value('risk.limits')).at('softened')).toBe(0)
})

test.each(['--all', 'HEAD~1', '../x', '', 'main'])('%j is no commit', async (commit) => {
  const desk = new PaperDesk()
  expect(await reasonOf(desk.act('config.deploy', { commit }, 'k'))).toMatch(/^failed: .*not a commit/)
})

test('without git the configuration is read as it is, its history is not, and nothing of it changes', async () => {
  const desk = new PaperDesk()
  vi.stubEnv('PATH', '/nowhere')
  onTestFinished(() => void vi.unstubAllEnvs())
  const head = (await desk.value('config.head')).json
  expect(await reasonOf(desk.read('config.log', { path: 'risk', last: 1 }))).toBe(
    'failure: git cannot be started: is it installed?',
  )
  expect(await reasonOf(desk.act('config.push', {}, 'k'))).toMatch(/^failed: git cannot be started/)
  await desk.set('config-hot-edit')
  expect(await reasonOf(desk.act('config.commitLive', { message: 'Keep it' }, 'l'))).toMatch(/^failed: git cannot/)
  expect((await desk.value('venue.ping')).at('venue')).toBe('primary')
  vi.unstubAllEnvs()
  expect((await desk.value('config.head')).json).toEqual(head)
})

test('what git has packed is read like what it has not', async () => {
  const desk = new PaperDesk()
  const [head, limits] = [(await desk.value('config.head')).json, (await desk.value('risk.limits')).json]
  const repo = join(desk.stateDir, 'paper/config/repo')
  for (const args of [
    ['repack', '-adq'],
    ['prune-packed', '-q'],
    ['pack-refs', '--all'],
  ])
    execFileSync('git', ['-c', 'safe.directory=*', ...args], { cwd: repo })
  expect(readdirSync(join(repo, '.git/objects')).sort()).toEqual(['info', 'pack'])
  expect((await desk.value('config.head')).json).toEqual(head)
  expect((await desk.value('risk.limits')).json).toEqual(limits)
})

test.each([
  ['is cut', (bytes: Buffer) => bytes.subarray(0, 20)],
  ['is another one', (_bytes: Buffer, other: Buffer) => other],
])('a file of the repository that %s is a failure', async (_what, damage) => {
  const desk = new PaperDesk()
  const git = join(desk.stateDir, 'paper/config/repo/.git')
  const commit = (await desk.value('config.head')).text('commit')
  const file = join(git, 'objects', commit.slice(0, 2), commit.slice(2))
  const parents = readdirSync(join(git, 'objects'), { recursive: true, encoding: 'utf8' })
  const other = parents.find((path) => path.length > 3 && !file.endsWith(path)) ?? ''
  const bytes = damage(readFileSync(file), readFileSync(join(git, 'objects', other)))
  rmSync(file)
  writeFileSync(file, bytes)
  expect(await reasonOf(desk.read('config.head'))).toMatch(/^failure: the object .* is damaged/)
})

test('a repository that is damaged is a failure and is not made anew', async () => {
  const desk = new PaperDesk()
  await desk.value('config.head')
  rmSync(join(desk.stateDir, 'paper/config/repo/.git/HEAD'))
  expect(await reasonOf(desk.read('config.head'))).toMatch(/^failure: /)
  rmSync(join(desk.stateDir, 'paper/config/live'))
  expect(await reasonOf(desk.read('config.liveHash'))).toMatch(/^failure: /)
})

test('what a killed process left behind, a lock and half a revert, is cleared by the next change', async () => {
  const desk = new PaperDesk()
  await desk.set('config-hot-edit')
  const git = join(desk.stateDir, 'paper/config/repo/.git')
  writeFileSync(join(git, 'index.lock'), '')
  writeFileSync(join(git, 'REVERT_HEAD'), `${await headOf(desk)}\n`)
  writeFileSync(join(git, '../half-written.yml'), 'x')
  const commit = (await desk.done('config.commitLive', { message: 'Keep it' }, 'k')).text('commit')
  expect(await headOf(desk)).toBe(commit)
  expect((await desk.value('config.diff')).at('same')).toBe(true)
})

test('a work tree that a killed process left half changed does not stop a revert, and none of it is committed', async () => {
  const desk = new PaperDesk()
  await desk.set('bad-lots')
  const repo = join(desk.stateDir, 'paper/config/repo')
  writeFileSync(join(repo, 'orders/builder.yml'), 'half: written\n')
  writeFileSync(join(repo, 'risk/limits.yml'), limits('9000'))
  execFileSync('git', ['-c', 'safe.directory=*', 'add', '--all'], { cwd: repo })
  await desk.done('config.revert', { commit: await headOf(desk) }, 'k')
  expect((await desk.value('config.diff')).at('files')).toEqual(['orders/builder.yml'])
})

test('calls of one process wait for each other and none is lost', async () => {
  const desk = new PaperDesk()
  const commit = await headOf(desk)
  const all = await Promise.all(['a', 'b', 'c'].map((key) => desk.act('config.deploy', { commit }, key)))
  expect(all.map(({ kind }) => kind)).toEqual(['done', 'done', 'done'])
  expect((await desk.value('config.changes', { sinceMinutes: 10 })).list('deploys')).toHaveLength(3)
})
