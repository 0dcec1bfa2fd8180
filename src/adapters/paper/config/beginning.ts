/**
 * The repository as a fresh paper desk has it: some commits, a work tree, and a remote that has them too. All of it is known beforehand,
 * so desk writes what a dozen runs of git would.
 */
import { linkSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { builderFile, limitsFile, strategyFile, writeTree, type Files } from './files.ts'
import { author } from './git.ts'
import { indexOf, NewObjects } from './objects.ts'

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

export interface Beginning {
  /** The last commit, and its files. */
  readonly commit: string
  readonly files: Files
}

/** Writes `repo` and `remote.git` below a directory, synced. */
export function writeBeginning(dir: string, now: Date): Beginning {
  const objects = new NewObjects()
  const { commit, files } = commitAll(objects, now)
  const [repo, git, remote] = [join(dir, 'repo'), join(dir, 'repo/.git'), join(dir, 'remote.git')]
  writeTree(git, new Map([...objects.files, ['index', indexOf(files)]]))
  writeTree(git, metadata(commit, false))
  writeTree(repo, files)
  writeTree(remote, metadata(commit, true))
  // As `git clone` does: an object is never changed, so one file serves both.
  for (const path of objects.files.keys()) {
    mkdirSync(dirname(join(remote, path)), { recursive: true, mode: 0o700 })
    linkSync(join(git, path), join(remote, path))
  }
  return { commit, files }
}

function commitAll(objects: NewObjects, now: Date): Beginning {
  let files: Files = new Map()
  let commit = ''
  for (const [days, subject, changed] of history) {
    files = new Map([...files, ...changed])
    const by = `${author.name} <${author.email}> ${String(Math.floor((now.getTime() - days * daysMs) / 1000))} +0000`
    const head = [`tree ${objects.addTree(files)}`, ...(commit === '' ? [] : [`parent ${commit}`])]
    commit = objects.add('commit', [...head, `author ${by}`, `committer ${by}`, '', subject, ''].join('\n'))
  }
  return { commit, files }
}

const metadata = (commit: string, bare: boolean): Files =>
  new Map([
    ['HEAD', 'ref: refs/heads/main\n'],
    ['refs/heads/main', `${commit}\n`],
    ['config', `[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = ${String(bare)}\n`],
  ])
