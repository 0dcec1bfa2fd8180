/**
 * Acts on what the comparison with the log shows: a permission that nobody granted is removed, the mark of a halt that nobody released is
 * placed again, and a permission that vanished without a decision (`rm`, a process that died after the halt) is put on record as what it
 * is, a halt or a throttle.
 */
import { type Recorded, recordAfterwards } from './decide.ts'
import { type Compared, compareWithLog } from './discrepancy.ts'
import { closeSession } from './session.ts'
import { catchUpNotes, isHaltBeingRecorded } from './halt-record.ts'
import { placeMark, readMarks } from './mark.ts'
import { permitDir, tighten } from './permit.ts'
import type { Change, Level, Means, StandingHalt } from './record.ts'
import { type Token, nameScope, parseScope, tokensOfHalt } from './scope.ts'
import { readOrderRate, readSize } from './standing.ts'

export type Inspected =
  | { readonly kind: 'sound' }
  /** Permitted without a decision. */
  | {
      readonly kind: 'foreign'
      /** In force, and granted by nobody. */
      readonly tokens: readonly Token[]
      /** Scopes of halts that nobody released, and of which the mark was gone. */
      readonly unmarked: readonly string[]
      /** None of it is permitted any more. */
      readonly gone: boolean
      readonly recorded: boolean
    }
  | { readonly kind: 'cannot-tell'; readonly reason: string }

/** Before each command and each step that has effects. */
export function inspectPermits(
  stateDir: string,
  boot: string,
  means: Means,
  compared: Compared = compareWithLog(stateDir, boot, means.now().getTime()),
): Inspected {
  if (compared.kind === 'cannot-tell') return compared
  // What the session's permission permitted is over: nobody's fault, and no alarm.
  if (compared.isSessionOver && !compared.foreign.includes('session'))
    closeSession(stateDir, boot, { by: 'desk', reason: 'the session has become close-only' }, means)
  const tokens = compared.foreign
  const unmarked = [...new Set(compared.unmarked.map(({ scope }) => scope))]
  if (tokens.length === 0 && unmarked.length === 0) return { kind: 'sound' }
  const from = levelNow(stateDir, boot)
  const { gone: removed } = tighten(permitDir(stateDir), tokens, boot)
  const marked = compared.unmarked.map((halt) => markAgain(stateDir, boot, halt)).every(Boolean)
  const reason = [
    ...(tokens.length === 0
      ? []
      : [`permissions that nobody granted: ${tokens.join(', ')}${removed ? '' : '; they could not be removed'}`]),
    ...(unmarked.length === 0
      ? []
      : [`halts whose mark was gone: ${unmarked.join(', ')}${marked ? '' : '; they could not be marked again'}`]),
  ].join('; ')
  const isDesk = tokens.includes('trade')
  const common = { by: 'desk', reason, tightens: tokens, silent: true } as const
  // Without `trade` the desk is halted from now on, and only a release leads back.
  const change: Change = isDesk
    ? { ...common, kind: 'halted', scope: 'all', from }
    : { ...common, kind: 'removed', scope: 'part' }
  return {
    kind: 'foreign',
    tokens,
    unmarked,
    gone: removed && marked,
    recorded: recordAfterwards(stateDir, 'halt', 'permit.removed', change, means).recorded,
  }
}

/** False where the system refuses it. */
function markAgain(stateDir: string, boot: string, { id, scope: name, by, reason, since }: StandingHalt): boolean {
  const scope = parseScope(name)
  if (scope === undefined) return false
  const dir = permitDir(stateDir)
  try {
    placeMark(dir, scope, 'no-new', { kind: 'halt', id }, JSON.stringify({ by, reason, since }))
  } catch {
    return false
  }
  // As with the halt itself: a rule that lifted its own hold meanwhile may have looked before the mark was there.
  const { gone, swept } = tighten(dir, tokensOfHalt(scope), boot)
  return gone && swept
}

/** Puts on record what was tightened without a record, and answers it. Nothing to find: nothing is written. */
export function adoptSilentHalt(stateDir: string, boot: string, means: Means): readonly Recorded[] {
  const compared = compareWithLog(stateDir, boot, means.now().getTime())
  if (compared.kind === 'cannot-tell' || (compared.missing.length === 0 && !compared.hasNotes)) return []
  const caughtUp = catchUpNotes(stateDir, means).map((id) => ({ recorded: true, id }) as const)
  // Who halts right now records it as well, and knows why.
  if (isHaltBeingRecorded(stateDir)) return caughtUp
  const again = caughtUp.length === 0 ? compared : compareWithLog(stateDir, boot, means.now().getTime())
  if (again.kind === 'cannot-tell') return caughtUp
  const found = silentChanges(stateDir, boot, again.missing).map((change) => {
    // `rm trade@*` leaves the rest in place; a halt leaves nothing.
    if (change.kind === 'halted') tighten(permitDir(stateDir), change.tightens, boot)
    const kind = change.kind === 'throttled' ? 'throttle' : 'halt'
    const recorded = recordAfterwards(stateDir, kind, `${kind}.silent`, change, means)
    // As every halt of a part has one; the next look places what could not be placed here.
    const isPart = change.kind === 'halted' && change.scope !== 'all'
    if (isPart && recorded.recorded && !isHalted(stateDir, change.scope))
      markAgain(stateDir, boot, { ...change, id: recorded.id, since: means.now().toISOString() })
    return recorded
  })
  return [...caughtUp, ...found]
}

/** Whether a mark says so, whatever halted it. */
const isHalted = (stateDir: string, scope: string): boolean =>
  readMarks(permitDir(stateDir)).marks.some((mark) => nameScope(mark.scope) === scope && mark.cause.kind === 'halt')

function silentChanges(stateDir: string, boot: string, missing: readonly Token[]): readonly Change[] {
  const common = { by: 'unknown', reason: 'found without a record', silent: true } as const
  const from = levelBefore(missing, stateDir, boot)
  if (missing.includes('trade')) {
    return [{ ...common, kind: 'halted', scope: 'all', tightens: ['trade', 'open', 'half', 'full'], from }]
  }
  const isLevel = (token: Token): boolean => ['open', 'half', 'full', 'rate-half', 'rate-full'].includes(token)
  const levels = missing.filter(isLevel)
  const throttled: readonly Change[] =
    levels.length > 0 ? [{ ...common, kind: 'throttled', scope: 'all', tightens: levels, from }] : []
  const { marks } = readMarks(permitDir(stateDir))
  const others = [...byScope(missing.filter((token) => !isLevel(token)))].map(([scope, tightens]): Change => {
    const causes = marks.filter((mark) => nameScope(mark.scope) === scope).map(({ cause }) => cause.kind)
    // A halt that died before its record left a mark as well. Where who holds cannot be told, the wider word: halted.
    const isHeld = causes.includes('rule') && !causes.includes('halt')
    // The desk-wide hold is no halt of the desk: it comes back with the next release, or with its rule.
    return { ...common, kind: isHeld || parseScope(scope)?.kind === 'all' ? 'held' : 'halted', scope, tightens }
  })
  return [...throttled, ...others]
}

function byScope(tokens: readonly Token[]): ReadonlyMap<string, readonly Token[]> {
  const scopes = new Map<string, readonly Token[]>()
  for (const token of tokens) {
    const scope = token === 'unheld' || token === 'reduce' ? 'all' : token.replace(/^reduce-/, '').replace('=', ':')
    scopes.set(scope, [...(scopes.get(scope) ?? []), token])
  }
  return scopes
}

/** The level that there was while the missing permissions were still there. */
function levelBefore(missing: readonly Token[], stateDir: string, boot: string): Level {
  const now = levelNow(stateDir, boot)
  const had = (token: Token, is: boolean): boolean => is || missing.includes(token)
  const step = (half: boolean, full: boolean): 0.25 | 0.5 | 1 => (!half ? 0.25 : full ? 1 : 0.5)
  return {
    size: step(had('half', now.size > 0.25), had('full', now.size === 1)),
    orderRate: step(had('rate-half', now.orderRate > 0.25), had('rate-full', now.orderRate === 1)),
  }
}

const levelNow = (stateDir: string, boot: string): Level => ({
  size: readSize(stateDir, boot),
  orderRate: readOrderRate(stateDir, boot),
})
