/**
 * Compares what is permitted with what was decided. A permission that the log does not know (a restored backup, a copied directory) is
 * removed; one that vanished without a decision (`rm`, a crash after the halt) is put on record as what it is, a halt or a throttle.
 */
import { readdirSync } from 'node:fs'
import { catchUpNotes, isHaltBeingRecorded } from './halt-record.ts'
import { type Recorded, recordAfterwards } from './decide.ts'
import { type History, grantOf, readHistory } from './history.ts'
import { listMarks } from './mark.ts'
import { contentOf, errnoOf, inForce, permitDir, tighten } from './permit.ts'
import type { Change, Level, Means } from './record.ts'
import { type Token, isToken, nameScope, parseScope } from './scope.ts'
import { readOrderRate, readSize } from './standing.ts'

export type Inspected =
  | { readonly kind: 'sound' }
  /** Tokens that were in force without a decision, now removed. */
  | { readonly kind: 'foreign'; readonly tokens: readonly Token[]; readonly recorded: boolean }
  | { readonly kind: 'cannot-tell'; readonly reason: string }

/** The grant that a permission says it carries. */
export function grantIn(content: string | undefined): string | undefined {
  if (content === undefined) return undefined
  try {
    const value: unknown = JSON.parse(content)
    if (typeof value !== 'object' || value === null || !('grant' in value)) return undefined
    return typeof value.grant === 'string' ? value.grant : undefined
  } catch {
    return undefined
  }
}

/** Run at the start of each command and before each step that has effects. */
export function inspectPermits(stateDir: string, boot: string, means: Means): Inspected {
  const dir = permitDir(stateDir)
  let found: readonly Token[]
  try {
    found = tokensOf(readdirSync(dir), boot)
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errnoOf(error))
      ? { kind: 'sound' }
      : { kind: 'cannot-tell', reason: `${dir} cannot be read (${errnoOf(error)})` }
  }
  // Contents first: a grant is on record before it is in force.
  const carried = found.map((token) => ({ token, content: contentOf(inForce(dir, token, boot)) }))
  const read = readHistory(stateDir, means.now().getTime())
  if (read.kind === 'unreadable') return { kind: 'cannot-tell', reason: read.reason }
  const foreign = carried
    .filter(({ token, content }) => content !== undefined && grantIn(content) !== grantOf(read.history, token))
    // A grant may have replaced it while we looked.
    .filter(({ token, content }) => contentOf(inForce(dir, token, boot)) === content)
    .map(({ token }) => token)
  if (foreign.length === 0) return { kind: 'sound' }
  const from = levelNow(stateDir, boot)
  const { gone } = tighten(dir, foreign, boot)
  const reason = `permissions that nobody granted: ${foreign.join(', ')}${gone ? '' : '; they could not be removed'}`
  const change: Change = {
    kind: 'removed',
    scope: foreign.includes('trade') ? 'all' : 'part',
    by: 'desk',
    reason,
    tightens: foreign,
    ...(foreign.includes('trade') ? { from } : {}),
  }
  return {
    kind: 'foreign',
    tokens: foreign,
    recorded: recordAfterwards(stateDir, 'halt', 'permit.removed', change, means).recorded,
  }
}

/** Puts on record what was tightened without a record. Answers what was found. Cheap where there is nothing to find. */
export function adoptSilentHalt(stateDir: string, boot: string, means: Means): readonly Recorded[] {
  const caughtUp = catchUpNotes(stateDir, means).map((id) => ({ recorded: true, id }) as const)
  const read = readHistory(stateDir, means.now().getTime())
  if (read.kind === 'unreadable' || isHaltBeingRecorded(stateDir)) return caughtUp
  const missing = silentlyMissing(stateDir, boot, read.history)
  if (missing.length === 0) return caughtUp
  return [
    ...caughtUp,
    ...silentChanges(stateDir, boot, missing).map((change) =>
      recordAfterwards(
        stateDir,
        change.kind === 'throttled' ? 'throttle' : 'halt',
        `${eventOf(change)}.silent`,
        change,
        means,
      ),
    ),
  ]
}

const eventOf = (change: Change): string => (change.kind === 'throttled' ? 'throttle' : 'halt')

/** Granted by the log, tightened by nobody, and neither in force, nor left from another boot, nor about to be granted. */
function silentlyMissing(stateDir: string, boot: string, history: History): readonly Token[] {
  let names: readonly string[]
  try {
    names = readdirSync(permitDir(stateDir))
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') return []
    names = []
  }
  const there = new Set(names)
  return Object.keys(history.grants).filter((token): token is Token => {
    if (!isToken(token) || token === 'session') return false
    const isStale = names.some((name) => name.startsWith(`${token}@`) && name !== `${token}@${boot}`)
    const isComing = there.has(`${token}+${history.grants[token] ?? ''}`)
    return !there.has(`${token}@${boot}`) && !isStale && !isComing
  })
}

function silentChanges(stateDir: string, boot: string, missing: readonly Token[]): readonly Change[] {
  const common = { by: 'unknown', reason: 'found without a record', silent: true } as const
  if (missing.includes('trade')) {
    return [
      {
        ...common,
        kind: 'halted',
        scope: 'all',
        tightens: ['trade', 'open', 'half', 'full'],
        from: levelBefore(missing, stateDir, boot),
      },
    ]
  }
  const marks = listMarks(permitDir(stateDir))
  const changes: Change[] = []
  const levels = missing.filter((token) => ['open', 'half', 'full', 'rate-half', 'rate-full'].includes(token))
  if (levels.length > 0)
    changes.push({
      ...common,
      kind: 'throttled',
      scope: 'all',
      tightens: levels,
      from: levelBefore(levels, stateDir, boot),
    })
  for (const token of missing.filter((each) => !levels.includes(each))) {
    const name = token.replace(/^reduce-/, '')
    const scope = name === 'unheld' || name === 'reduce' ? parseScope('all') : parseScope(name.replace('=', ':'))
    const isHeld = scope !== undefined && marks.some((mark) => nameScope(mark.scope) === nameScope(scope))
    changes.push({
      ...common,
      kind: isHeld ? 'held' : 'halted',
      scope: scope === undefined || scope.kind === 'all' ? 'desk hold' : nameScope(scope),
      tightens: [token],
    })
  }
  return changes
}

/** The level that there was while the missing permissions were still there. */
function levelBefore(missing: readonly Token[], stateDir: string, boot: string): Level {
  const now = levelNow(stateDir, boot)
  const had = (token: Token, is: boolean): boolean => is || missing.includes(token)
  const half = had('half', now.size > 0.25)
  const rateHalf = had('rate-half', now.orderRate > 0.25)
  return {
    size: !half ? 0.25 : had('full', now.size === 1) ? 1 : 0.5,
    orderRate: !rateHalf ? 0.25 : had('rate-full', now.orderRate === 1) ? 1 : 0.5,
  }
}

const levelNow = (stateDir: string, boot: string): Level => ({
  size: readSize(stateDir, boot),
  orderRate: readOrderRate(stateDir, boot),
})

const tokensOf = (names: readonly string[], boot: string): readonly Token[] =>
  names.flatMap((name) => {
    const token = name.endsWith(`@${boot}`) ? name.slice(0, -boot.length - 1) : ''
    return isToken(token) ? [token] : []
  })
