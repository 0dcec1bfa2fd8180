/** The trading state with its why, for `desk status` and every screen: permissions from the directory, explanations from the log. */
import { existsSync } from 'node:fs'
import type { InForce, Standing } from '../model/standing.ts'
import { bootId } from './gate.ts'
import { type HistoryRead, noHistory, readHistory } from './history.ts'
import type { History, StandingHalt } from './record.ts'
import { type Mark, readMarks, wordsIn } from './mark.ts'
import { permitDir } from './permit.ts'
import { currentEpoch } from './epoch.ts'
import { type HoldKind, nameScope } from './scope.ts'
import { readHeld, readOrderRate, readStanding, whyUnknown } from './standing.ts'

export interface Trading extends Standing {
  readonly orderRate: 0.25 | 0.5 | 1
  /** While halted the latest halt, else the grant in force; `none` where neither is known. */
  readonly epoch: string
  /** RFC 3339; empty where nobody knows. */
  readonly since: string
  readonly by: string
  readonly reason: string
}
export interface StandingHold {
  readonly scope: string
  readonly kind: HoldKind
  readonly rule: string
  readonly since: string
  readonly reason: string
}
export interface TradingRead {
  readonly trading: Trading
  readonly halts: readonly StandingHalt[]
  readonly holds: readonly StandingHold[]
  /** What rules hold of the whole desk, by its permissions; `holds` says who. */
  readonly held?: InForce['held']
  /** What could not be told. What cannot be read is HALTED for whoever asks. */
  readonly unknown?: string
  /** The permissions themselves could not be looked for. */
  readonly isHidden?: true
}

/** What was read just before: the permissions first, the log after them. */
export interface JustRead {
  readonly standing: Standing
  readonly history: History
}

/** Reads a few files and creates none. Never throws. */
export function readTrading(
  stateDir: string,
  nowMs: number,
  boot: string | undefined = bootId(),
  known?: JustRead,
): TradingRead {
  const standing = known?.standing ?? readStanding(stateDir, boot)
  const read: HistoryRead =
    known === undefined ? readHistory(stateDir, nowMs) : { kind: 'history', history: known.history }
  const history = read.kind === 'history' ? read.history : noHistory
  const { marks, unreadable } = readMarks(permitDir(stateDir))
  // Without a boot every gate says no, so that can be told.
  const hidden = boot === undefined ? undefined : whyUnknown(stateDir, boot)
  const why = hidden === undefined ? whyOf(standing, history, stateDir) : hiddenWords
  const held = readHeld(stateDir, boot)
  const unknown = [
    ...(read.kind === 'unreadable' ? [read.reason] : []),
    ...(hidden === undefined ? [] : [`the permissions cannot be looked for: ${hidden}`]),
    ...(unreadable === undefined ? [] : [`who holds cannot be told: ${unreadable}`]),
  ]
  return {
    trading: {
      ...standing,
      orderRate: boot === undefined ? 0.25 : readOrderRate(stateDir, boot),
      epoch: epochOf(standing, history, stateDir, boot),
      ...why,
    },
    halts: [...history.halts, ...marks.flatMap((mark) => unrecordedHalt(mark, history))],
    holds: marks.filter((mark) => mark.cause.kind === 'rule').map(holdOf),
    ...(held === undefined ? {} : { held }),
    ...(hidden === undefined ? {} : { isHidden: true as const }),
    ...(unknown.length === 0 ? {} : { unknown: unknown.join('; ') }),
  }
}

/** HALTED holds for whoever asks here; for the owner of the directory it says nothing. */
const hiddenWords = { since: '', by: '', reason: 'as far as can be seen from here: others may be trading' } as const

function epochOf(standing: Standing, history: History, stateDir: string, boot: string | undefined): string {
  if (standing.state !== 'HALTED') return currentEpoch(stateDir, boot)
  return history.halts.filter((halt) => halt.scope === 'all').at(-1)?.id ?? 'none'
}

function whyOf(standing: Standing, history: History, stateDir: string): Pick<Trading, 'since' | 'by' | 'reason'> {
  if (standing.state === 'HALTED') {
    const first = history.halts.find((halt) => halt.scope === 'all')
    if (first !== undefined) return { since: first.since, by: first.by, reason: first.reason }
    return {
      since: '',
      by: '',
      reason:
        history.last === undefined
          ? existsSync(stateDir)
            ? 'never released'
            : 'history missing: the state directory is not there'
          : 'no permission in force: no halt on record, or the machine was restarted',
    }
  }
  const level = history.level
  return level === undefined
    ? { since: '', by: '', reason: '' }
    : { since: level.at, by: level.by, reason: level.reason }
}

/** A halt by scope whose record is missing still shows by its mark. */
function unrecordedHalt(mark: Mark, history: History): readonly StandingHalt[] {
  const scope = nameScope(mark.scope)
  if (mark.cause.kind === 'rule' || history.halts.some((halt) => halt.scope === scope)) return []
  const { by, reason, since } = wordsIn(mark)
  const named = (text: string): string => (text === '' ? 'unknown' : text)
  return [{ id: named(mark.cause.id), scope, by: named(by), reason, since }]
}

const holdOf = (mark: Mark): StandingHold => {
  const { reason, since } = wordsIn(mark)
  return { scope: nameScope(mark.scope), kind: mark.kind, rule: mark.cause.id, since, reason }
}
