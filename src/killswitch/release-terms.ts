/** The exact terms of a release as things stand: what comes into force, for which halt, until when. */
import { tokensOfBirth } from './birth.ts'
import { freshId, knownHistory } from './decide.ts'
import type { History, Means } from './record.ts'
import { type Refusal, refuse } from './refusal.ts'
import { latestHalt, launchOf } from './release-examination.ts'
import { tokensOfRelease } from './release-tokens.ts'
import type { Decider } from './roster.ts'
import { type Scope, type Token, nameScope } from './scope.ts'
import { readOrderRate, readStanding } from './standing.ts'
import { statementOf } from './statement.ts'
import type { Terms } from './terms.ts'
import { type Draft, defaultExpiryMs } from './two-person.ts'

export interface ReleaseOrder {
  readonly scope: Scope
  readonly by: Decider
  readonly reason: string
  readonly expiryMs?: number
  /** What this desk is configured for. Where that was never permitted nor taken away, a release of the whole desk permits it. */
  readonly venues?: readonly string[]
  readonly models?: readonly string[]
  /** Signed elsewhere, over the words of `draftRelease`. */
  readonly draft?: Draft
}
/** What whoever asks has to sign, where the key is elsewhere. Files nothing. Throws DeskError `history-unreadable`. */
export function draftRelease(
  stateDir: string,
  boot: string,
  order: ReleaseOrder,
  means: Means,
): { readonly kind: 'draft'; readonly draft: Draft; readonly statement: string } | Refusal {
  const { history, read } = knownHistory(stateDir, means)
  const epoch = latestHalt(stateDir, history, order.scope)?.id ?? launchOf(stateDir, boot, history, order.scope)
  if (epoch === undefined) return notHalted(stateDir, boot, order.scope)
  const draft = { id: freshId('release', read, means), requestedAt: means.now().toISOString() }
  const terms = termsOf(stateDir, boot, { ...order, draft }, epoch, history, means)
  return { kind: 'draft', draft, statement: statementOf('request', draft.id, terms, []) }
}

export const notHalted = (stateDir: string, boot: string, scope: Scope): Refusal =>
  refuse(
    'not-halted',
    readStanding(stateDir, boot).state === 'HALTED'
      ? 'no halt stands: what was permitted ended with a reboot, and desk runbook startup takes it up again'
      : `${nameScope(scope)} is not halted: there is nothing to release`,
  )

export function termsOf(
  stateDir: string,
  boot: string,
  order: ReleaseOrder,
  epoch: string,
  history: History,
  means: Means,
): Terms {
  const requestedAt = order.draft?.requestedAt ?? means.now().toISOString()
  return {
    kind: 'release',
    desk: order.by.desk,
    host: means.host,
    scope: nameScope(order.scope),
    epoch,
    tokens: [...neverDecided(history, order), ...tokensOfRelease(stateDir, boot, order.scope)],
    to: { size: 0.25, orderRate: readOrderRate(stateDir, boot) },
    requester: order.by.claimed,
    reason: order.reason,
    requestedAt,
    expires: new Date(Date.parse(requestedAt) + (order.expiryMs ?? defaultExpiryMs)).toISOString(),
  }
}

/** A desk that was halted before it was ever born has no permissions for its venues, models and rates. */
function neverDecided(history: History, order: ReleaseOrder): readonly Token[] {
  if (order.scope.kind !== 'all') return []
  const { venues = [], models = [] } = order
  return tokensOfBirth({ venues, models }).filter((token) => {
    const isOwn = ['trade', 'open', 'half', 'full', 'unheld', 'reduce'].includes(token)
    return !isOwn && history.grants[token] === undefined && history.tightened[token] === undefined
  })
}
