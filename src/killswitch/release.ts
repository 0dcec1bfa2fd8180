/**
 * Releasing a halt: two people, bound to this halt and its terms, with evidence from after it, and never to more than 25 %.
 */
import { existsSync, readdirSync } from 'node:fs'
import type { Person } from '../model/journal.ts'
import { tokensOfBirth } from './birth.ts'
import { freshId, knownHistory, loosening, openDecision, problemOf, withBase } from './decide.ts'
import type { EvidenceAnswer, EvidenceCheck } from './evidence.ts'
import { adoptSilentHalt } from './inspect.ts'
import { type HistoryRead, grantOf } from './history.ts'
import { knownMarks, readMarks, removeMark, wordsIn } from './mark.ts'
import { type Granted, grant, inForce, permitDir, release, tighten } from './permit.ts'
import { type Change, type Means, stampOf, voidEvent, type History, type StandingHalt } from './record.ts'
import { type Scope, type Token, nameScope, parseScope, tokensOfHalt, tokensOfHold } from './scope.ts'
import { readOrderRate, readStanding } from './standing.ts'
import {
  type Refusal,
  type Request,
  type Terms,
  defaultExpiryMs,
  fileRequest,
  objectTo,
  openRequests,
  readRequest,
  recordRefusal,
  refuse,
  requestedIds,
} from './two-person.ts'

export interface ReleaseOrder {
  readonly scope: Scope
  readonly by: Person
  readonly reason: string
  readonly expiryMs?: number
  /** What this desk is configured for. Where that was never permitted nor taken away, a release of the whole desk permits it. */
  readonly venues?: readonly string[]
  readonly models?: readonly string[]
}
export type Requested = { readonly kind: 'requested'; readonly request: Request } | Refusal

/** Asks for a release. Throws DeskError 73 or 75 or `history-unreadable`. */
export function requestRelease(stateDir: string, boot: string, order: ReleaseOrder, means: Means): Promise<Requested> {
  return loosening(stateDir, order.by.id, means, () => {
    if (order.scope.kind === 'all') dropUnfinished(stateDir, boot, means)
    const { history, read } = knownHistory(stateDir, means)
    const halt = latestHalt(stateDir, history, order.scope)
    if (halt === undefined) {
      const refusal = refuse('not-halted', `${nameScope(order.scope)} is not halted: there is nothing to release`)
      return recordRefusal(stateDir, refusal, { kind: 'release', by: order.by.id }, read, means)
    }
    const now = means.now()
    const terms: Terms = {
      kind: 'release',
      scope: nameScope(order.scope),
      epoch: halt.id,
      tokens: [...neverDecided(history, order), ...tokensOfRelease(stateDir, boot, order.scope)],
      to: { size: 0.25, orderRate: readOrderRate(stateDir, boot) },
      requester: order.by.id,
      reason: order.reason,
      requestedAt: now.toISOString(),
      expires: new Date(now.getTime() + (order.expiryMs ?? defaultExpiryMs)).toISOString(),
    }
    return { kind: 'requested', request: fileRequest(stateDir, terms, read, means) }
  })
}

export type Approved =
  | {
      readonly kind: 'granted'
      readonly request: Request
      readonly approval: string
      readonly evidence: readonly EvidenceAnswer[]
    }
  | Refusal

/** Approves a release, after looking at everything again. Throws DeskError 73 or 75: then nothing has changed. */
export function approveRelease(
  stateDir: string,
  boot: string,
  id: string,
  approver: Person,
  evidence: EvidenceCheck,
  means: Means,
): Promise<Approved> {
  return loosening(stateDir, approver.id, means, async () => {
    const { history, read } = knownHistory(stateDir, means)
    const refused = (refusal: Refusal): Refusal =>
      recordRefusal(stateDir, refusal, { kind: 'release', request: id, by: approver.id }, read, means)
    const asked = readRequest(stateDir, id)
    if ('kind' in asked) return refused(asked)
    const scope = parseScope(asked.terms.scope)
    if (asked.terms.kind !== 'release' || scope === undefined)
      return refused(refuse('unknown-request', `${id} asks for something else: desk promote`))
    const halt = latestHalt(stateDir, history, scope)
    if (halt === undefined) {
      const isUnfinished = asked.terms.tokens.some((token) => grantOf(history, token) === id)
      // Approved before, but that process died before the grant. The same request and no halt since: it is looked at once more.
      if (!isUnfinished) return refused(refuse('not-halted', `${asked.terms.scope} is no longer halted`))
    } else if (stampOf(id) < stampOf(halt.id))
      return refused(refuse('older-than-halt', `the request is older than the halt ${halt.id}: ask again`))
    const objection = objectTo(stateDir, asked, approver.id, halt?.id ?? asked.terms.epoch, means.now().getTime())
    if (objection !== undefined) return refused(objection)
    const answers = await evidence({
      halt: halt?.id ?? asked.terms.epoch,
      sinceMs: Date.parse(halt?.since ?? asked.terms.requestedAt),
      nowMs: means.now().getTime(),
      scope: asked.terms.scope,
    })
    const missing = answers.filter((answer) => answer.kind !== 'holds')
    if (missing.length > 0 || answers.length === 0) {
      return refused(
        refuse(
          'evidence',
          missing.map((answer) => `${answer.what}: ${answer.reason}`).join('; ') || 'there is no evidence',
        ),
      )
    }
    return carryOut(stateDir, boot, asked, scope, approver.id, answers, read, means)
  })
}

/** From here it is durable that two people wanted it; whether it came into force the directory alone decides. */
function carryOut(
  stateDir: string,
  boot: string,
  asked: Request,
  scope: Scope,
  by: string,
  evidence: readonly EvidenceAnswer[],
  read: HistoryRead,
  means: Means,
): Approved {
  const { id, terms, digest } = asked
  const dir = permitDir(stateDir)
  const approval = freshId('release', read, means)
  const change: Change = {
    kind: 'released',
    scope: terms.scope,
    by: `${terms.requester}, ${by}`,
    reason: terms.reason,
    tightens: scope.kind === 'all' ? ['half', 'full'] : [],
    grants: { id, tokens: terms.tokens },
    ...(scope.kind === 'all' ? { to: terms.to } : {}),
  }
  const data = { ...withBase(change, read), request: id, requester: terms.requester, approver: by, digest, evidence }
  const { writer } = openDecision(stateDir, approval, { event: 'release.approved', level: 'warn', data }, by, means)
  const granted =
    scope.kind === 'all' ? release(dir, terms.tokens, id, boot) : releasePart(stateDir, boot, scope, asked)
  try {
    writer.append(
      granted.kind === 'granted'
        ? { event: 'release.granted', data: { request: id } }
        : { event: voidEvent, level: 'warn', data: granted },
    )
    writer.close({ outcome: granted.kind === 'granted' ? 'ok' : 'refused' })
  } catch (error) {
    // The approval is durable, and the directory tells the rest.
    if (granted.kind !== 'granted') return refuse('void', problemOf(error))
  }
  if (granted.kind === 'granted') return { kind: 'granted', request: asked, approval, evidence }
  return refuse(
    'void',
    granted.kind === 'void'
      ? 'a halt overtook the release: still halted'
      : `the permission could not be put into force (${granted.errno})`,
  )
}

/** A part comes back when nobody else holds it: the marks of this and earlier halts go, those of rules and later halts stay. */
function releasePart(stateDir: string, boot: string, scope: Scope, asked: Request): Granted {
  const dir = permitDir(stateDir)
  const { id, terms } = asked
  const before = readMarks(dir)
  if (before.unreadable !== undefined) return { kind: 'failed', errno: before.unreadable }
  const own = before.marks.filter(
    (mark) =>
      nameScope(mark.scope) === terms.scope &&
      mark.cause.kind === 'halt' &&
      stampOf(mark.cause.id) <= stampOf(terms.epoch),
  )
  for (const mark of own) removeMark(dir, scope, mark.kind, mark.cause)
  const after = readMarks(dir)
  if (after.unreadable !== undefined) return { kind: 'failed', errno: after.unreadable }
  const others = after.marks.filter((mark) => nameScope(mark.scope) === terms.scope)
  if (others.some((mark) => mark.cause.kind === 'halt')) return { kind: 'void' }
  return others.length > 0 ? { kind: 'granted' } : grant(dir, terms.tokens, id, boot)
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

/** What is missing, the commit last. Permissions that a rule holds are that rule's to give back. */
function tokensOfRelease(stateDir: string, boot: string, scope: Scope): readonly Token[] {
  const dir = permitDir(stateDir)
  const isHeld = knownMarks(dir).some(
    (mark) => nameScope(mark.scope) === nameScope(scope) && mark.cause.kind === 'rule',
  )
  const scopeTokens = isHeld
    ? []
    : tokensOfHold(scope, 'no-new').filter((token) => !existsSync(inForce(dir, token, boot)))
  return scope.kind === 'all' ? [...scopeTokens, 'open', 'trade'] : scopeTokens
}

/** By the log, else by its mark: a halt of a part whose record or whose release is incomplete. */
function latestHalt(stateDir: string, history: History, scope: Scope): Pick<StandingHalt, 'id' | 'since'> | undefined {
  const name = nameScope(scope)
  const recorded = history.halts.filter((halt) => halt.scope === name).at(-1)
  if (recorded !== undefined) return recorded
  const mark = knownMarks(permitDir(stateDir)).find(
    (each) => nameScope(each.scope) === name && each.cause.kind === 'halt',
  )
  return mark === undefined ? undefined : { id: mark.cause.id, since: wordsIn(mark).since }
}

/**
 * A release that died between its record and the grant leaves a halted desk without a halt. Who asks anew gives that release up: its
 * requests go, and what is missing is put on record as a halt. After a reboot the permissions of the last boot are left alone.
 */
function dropUnfinished(stateDir: string, boot: string, means: Means): void {
  const dir = permitDir(stateDir)
  if (readStanding(stateDir, boot).state !== 'HALTED') return
  if (namesIn(dir).some((name) => name.startsWith('trade@'))) return
  const { history } = knownHistory(stateDir, means)
  if (latestHalt(stateDir, history, { kind: 'all' }) !== undefined) return
  tighten(dir, tokensOfHalt({ kind: 'all' }), boot)
  adoptSilentHalt(stateDir, boot, means)
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}

/** Requests that a second person can still approve, and what is halted. */
export function releaseStatus(
  stateDir: string,
  boot: string,
  means: Means,
): { readonly halted: boolean; readonly halts: readonly StandingHalt[]; readonly requests: readonly Request[] } {
  const { history } = knownHistory(stateDir, means)
  const ids = requestedIds(namesIn(permitDir(stateDir)), 'release')
  const requests = openRequests(stateDir, ids, means.now().getTime())
  return { halted: readStanding(stateDir, boot).state === 'HALTED', halts: history.halts, requests }
}
