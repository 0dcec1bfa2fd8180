/**
 * What the log says of permissions: which grant each one carries, which halts stand, which sizes there were. A fold over the changes in
 * their order. So that it stays cheap over the years, each change also carries the fold of everything before it (`base`), with the
 * number of segments it was folded from; it counts only while exactly that many lie before it, so a late segment is never overlooked.
 */
import { readdirSync } from 'node:fs'
import { readRegularFile } from '../disk/read.ts'
import { kindOf, timeOf } from '../audit/id.ts'
import { parseSegmentName, segmentPath, segmentsDir } from '../audit/layout.ts'
import { errnoOf } from './permit.ts'
import { type Base, type Change, type History, type Level, type StandingHalt, stampOf, voidEvent } from './record.ts'
import { type Token, isToken } from './scope.ts'

export type HistoryRead =
  | { readonly kind: 'history'; readonly history: History; readonly base?: Base }
  /** Nobody can tell what was decided. */
  | { readonly kind: 'unreadable'; readonly reason: string }

export const noHistory: History = { grants: {}, tightened: {}, halts: [], sizes: [], orderRates: [] }

const kinds: readonly string[] = ['halt', 'release', 'throttle', 'promote', 'hold']
/** After this time a segment without a whole record is the remains of a crash, not one that is being written. */
const settledMs = 60_000
const mostHaltsOfScope = 20

/** Reads from the latest base on. Never throws. */
export function readHistory(stateDir: string, nowMs: number): HistoryRead {
  try {
    return foldSegments(stateDir, names(stateDir), nowMs)
  } catch (error) {
    return { kind: 'unreadable', reason: `${segmentsDir(stateDir)} cannot be read (${errnoOf(error)})` }
  }
}

interface Decision {
  readonly id: string
  readonly changes: readonly Recorded[]
  readonly isUnfinished: boolean
}
interface Recorded {
  readonly change: Change
  readonly at: string
  readonly isVoid: boolean
}

function foldSegments(stateDir: string, ids: readonly string[], nowMs: number): HistoryRead {
  const later: Decision[] = []
  let history = noHistory
  for (let i = ids.length - 1; i >= 0; i--) {
    const id = ids[i]
    if (id === undefined) break
    const decision = readDecision(stateDir, id, nowMs)
    later.unshift(decision)
    const base = decision.changes.find(({ change }) => change.base?.of === i)?.change.base
    if (base === undefined) continue
    history = base.history
    break
  }
  for (const decision of later) history = fold(history, decision)
  const isWhole = later.every((decision) => !decision.isUnfinished)
  return { kind: 'history', history, ...(isWhole ? { base: { of: ids.length, history } } : {}) }
}

function names(stateDir: string): readonly string[] {
  let all: readonly string[]
  try {
    all = readdirSync(segmentsDir(stateDir))
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
  return all
    .flatMap((name) => {
      // Most segments are runs, and a look at the beginning is cheaper than taking their names apart.
      if (!kinds.includes(name.slice(0, name.indexOf('-')))) return []
      const parsed = parseSegmentName(name)
      return parsed?.k === 0 && kinds.includes(kindOf(parsed.run) ?? '') ? [parsed.run] : []
    })
    .sort((a, b) => (stampOf(a) < stampOf(b) ? -1 : 1))
}

function readDecision(stateDir: string, id: string, nowMs: number): Decision {
  const lines = readRegularFile(segmentPath(stateDir, `${id}.0.ndjson`))
    .toString()
    .split('\n')
  const records = lines.slice(0, -1).flatMap(parseRecord)
  const isVoid = records.some((record) => record.event === voidEvent)
  const changes = records.flatMap(({ data, at }) => (isChange(data) ? [{ change: data, at, isVoid }] : []))
  return { id, changes, isUnfinished: records.length === 0 && nowMs - (timeOf(id) ?? 0) < settledMs }
}

function parseRecord(line: string): readonly { event: string; at: string; data: unknown }[] {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return []
  }
  if (typeof value !== 'object' || value === null || !('event' in value) || !('timestamp' in value)) return []
  const { event, timestamp } = value
  const data: unknown = 'data' in value ? value.data : undefined
  return typeof event === 'string' && typeof timestamp === 'string' ? [{ event, at: timestamp, data }] : []
}

const changeKinds: readonly unknown[] = [
  'born',
  'halted',
  'released',
  'throttled',
  'promoted',
  'held',
  'lifted',
  'removed',
  'rearmed',
  'session-opened',
  'session-closed',
]

function isChange(value: unknown): value is Change {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !changeKinds.includes(value.kind))
    return false
  const text = (name: string): boolean => typeof Reflect.get(value, name) === 'string'
  const tightens: unknown = Reflect.get(value, 'tightens')
  return (
    text('scope') &&
    text('by') &&
    text('reason') &&
    Array.isArray(tightens) &&
    tightens.every((t) => typeof t === 'string' && isToken(t))
  )
}

function fold(before: History, decision: Decision): History {
  return decision.changes.reduce((history, recorded) => apply(history, decision.id, recorded), before)
}

function apply(history: History, id: string, { change, at, isVoid }: Recorded): History {
  const grants = { ...history.grants }
  const tightened = { ...history.tightened }
  for (const token of change.tightens) {
    tightened[token] = id
    const grant = grants[token]
    if (grant !== undefined && stampOf(grant) < stampOf(id)) Reflect.deleteProperty(grants, token)
  }
  const granted = isVoid ? undefined : change.grants
  for (const token of granted?.tokens ?? []) {
    const last = tightened[token]
    // A request older than the last tightening was voided by it, whatever the record says.
    if (granted !== undefined && (last === undefined || stampOf(last) <= stampOf(granted.id)))
      grants[token] = granted.id
  }
  const isLaunch = history.launched !== true && granted?.tokens.includes('trade') === true
  const sizes = isLaunch && change.kind === 'released' ? launchSizes : history.sizes
  return {
    grants,
    tightened,
    halts: haltsAfter(history.halts, id, at, change, granted?.id),
    sizes: levelsAfter(sizes, change, isVoid, (level) => level.size),
    orderRates: levelsAfter(history.orderRates, change, isVoid, (level) => level.orderRate),
    ...(history.launched === true || isLaunch ? { launched: true } : {}),
    ...levelOf(history, id, at, change, isVoid),
    last: id,
  }
}

function haltsAfter(
  halts: readonly StandingHalt[],
  id: string,
  at: string,
  change: Change,
  granted: string | undefined,
): readonly StandingHalt[] {
  const { scope, by, reason, silent } = change
  if (change.kind === 'halted') {
    const same = halts.filter((halt) => halt.scope === scope)
    const dropped = same.length >= mostHaltsOfScope ? same[1] : undefined
    return [
      ...halts.filter((halt) => halt !== dropped),
      { id, scope, by, reason, since: at, ...(silent === true ? { silent } : {}) },
    ]
  }
  if (change.kind !== 'released' || granted === undefined) return halts
  return halts.filter((halt) => halt.scope !== scope || stampOf(halt.id) > stampOf(granted))
}

/** What a desk whose first permit is a release can be promoted to: it never had a level before. */
const launchSizes: readonly number[] = [0.5, 1]

/** Tightening remembers where it came from; promotion forgets what has been reached again. */
function levelsAfter(
  levels: readonly number[],
  change: Change,
  isVoid: boolean,
  of: (level: Level) => number,
): readonly number[] {
  const [from, to] = [change.from, change.to]
  const isTightening = change.kind === 'halted' || change.kind === 'throttled' || change.kind === 'removed'
  const kept =
    change.kind === 'promoted' && to !== undefined && !isVoid ? levels.filter((level) => level > of(to)) : levels
  if (!isTightening || from === undefined || of(from) === 0) return kept
  return [...new Set([...kept, of(from)])].sort((a, b) => a - b)
}

function levelOf(history: History, id: string, at: string, change: Change, isVoid: boolean): Pick<History, 'level'> {
  const { kind, by, reason } = change
  const changes =
    change.already !== true &&
    !isVoid &&
    ['born', 'halted', 'released', 'throttled', 'promoted', 'removed'].includes(kind) &&
    change.scope === 'all'
  if (changes) return { level: { id, kind, by, reason, at } }
  return history.level === undefined ? {} : { level: history.level }
}

/** The id of the last grant of a permission, by the log. */
export const grantOf = (history: History, token: Token): string | undefined => history.grants[token]
