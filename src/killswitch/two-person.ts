/**
 * What two people decide: one asks, another approves. The request binds its exact terms, the epoch in which it was asked, and a time;
 * its permissions lie in the directory as requests from then on, so that any tightening voids it. Nothing here grants.
 */
import { createHash } from 'node:crypto'
import { isId } from '../audit/id.ts'
import { readRun } from '../audit/segment-read.ts'
import { freshId, openDecision } from './decide.ts'
import type { HistoryRead } from './history.ts'
import { discard } from './hold.ts'
import { isSamePerson } from './person.ts'
import { contentOf, permitDir, request, requested } from './permit.ts'
import type { Level, Means } from './record.ts'
import { type Token, isToken } from './scope.ts'

export interface Terms {
  readonly kind: 'release' | 'promote'
  /** As `nameScope` writes it. */
  readonly scope: string
  /** The halt that is to be released, or the grant in force. */
  readonly epoch: string
  /** What comes into force, the commit last. */
  readonly tokens: readonly Token[]
  readonly to: Level
  readonly requester: string
  readonly reason: string
  /** RFC 3339. */
  readonly requestedAt: string
  readonly expires: string
}
export interface Request {
  readonly id: string
  readonly terms: Terms
  /** SHA-256 over the terms: what exactly is approved. */
  readonly digest: string
}
export const defaultExpiryMs = 30 * 60_000

export type RefusalCode =
  | 'unknown-request'
  | 'tampered'
  | 'own-request'
  | 'expired'
  | 'other-halt'
  | 'older-than-halt'
  | 'void'
  | 'evidence'
  | 'not-halted'
  | 'halted'
  | 'held'
  | 'incident'
  | 'too-early'
  | 'nothing-to-do'
/** Refused by policy: exit 4. */
export interface Refusal {
  readonly kind: 'refused'
  readonly code: RefusalCode
  readonly message: string
  /** RFC 3339: from when it is possible, where that is known. */
  readonly from?: string
}
export const refuse = (code: RefusalCode, message: string, from?: string): Refusal => ({
  kind: 'refused',
  code,
  message,
  ...(from === undefined ? {} : { from }),
})

/** Arrays keep the order of fields, which JSON objects do not promise. */
export function digestOf(terms: Terms): string {
  const { kind, scope, epoch, tokens, to, requester, reason, requestedAt, expires } = terms
  const ordered = [kind, scope, epoch, tokens, to.size, to.orderRate, requester, reason, requestedAt, expires]
  return createHash('sha256').update(JSON.stringify(ordered)).digest('hex')
}

/** Puts the request on record and files its permissions. Throws DeskError 73; then nothing is filed. */
export function fileRequest(stateDir: string, terms: Terms, read: HistoryRead, means: Means): Request {
  const id = freshId(terms.kind, read, means)
  const digest = digestOf(terms)
  const { writer } = openDecision(
    stateDir,
    id,
    { event: `${terms.kind}.requested`, data: { terms, digest } },
    terms.requester,
    means,
  )
  const dir = permitDir(stateDir)
  try {
    for (const token of terms.tokens)
      request(
        dir,
        token,
        id,
        JSON.stringify({ grant: id, digest, requester: terms.requester, reason: terms.reason, expires: terms.expires }),
      )
  } catch (error) {
    discard(dir, terms.tokens, id)
    throw error
  }
  writer.close({ outcome: 'ok' })
  return { id, terms, digest }
}

/** The request as it was put on record; a refusal where it is unknown or the record is not what was written. */
export function readRequest(stateDir: string, id: string): Request | Refusal {
  const unknown = refuse('unknown-request', `there is no request ${JSON.stringify(id)}`)
  if (!isId(id)) return unknown
  const run = readRun(stateDir, id)
  if (run.problems.length > 0)
    return refuse('tampered', `the record of ${id} was changed: desk audit verify shows where`)
  const first = run.entries[0]
  if (first?.event !== 'release.requested' && first?.event !== 'promote.requested') return unknown
  const data = first.data
  if (typeof data !== 'object' || data === null || !('terms' in data) || !('digest' in data)) return unknown
  const { terms, digest } = data
  if (!isTerms(terms) || digest !== digestOf(terms))
    return refuse('tampered', `the terms of ${id} are not those that were asked for`)
  return { id, terms, digest: digestOf(terms) }
}

/** What can be said against a request whatever it asks for: who, when, and whether it is still the same. */
export function objectTo(
  stateDir: string,
  asked: Request,
  approver: string,
  epoch: string,
  nowMs: number,
): Refusal | undefined {
  const { id, terms, digest } = asked
  const dir = permitDir(stateDir)
  if (isSamePerson(terms.requester, approver))
    return refuse('own-request', `${approver} asked for this: somebody else has to approve it`)
  if (nowMs >= Date.parse(terms.expires)) return refuse('expired', `the request expired at ${terms.expires}: ask again`)
  if (terms.epoch !== epoch)
    return refuse('other-halt', `the request is about ${terms.epoch}, but ${epoch} is in force now: ask again`)
  for (const token of terms.tokens) {
    const content = contentOf(requested(dir, token, id))
    if (content === undefined)
      return refuse('void', `a halt or a throttle came after the request, or it was used already: ask again`)
    if (!carries(content, id, digest)) return refuse('tampered', `${token}+${id} is not what was asked for`)
  }
  return undefined
}

function carries(content: string, id: string, digest: string): boolean {
  try {
    const value: unknown = JSON.parse(content)
    return (
      typeof value === 'object' &&
      value !== null &&
      'grant' in value &&
      value.grant === id &&
      'digest' in value &&
      value.digest === digest
    )
  } catch {
    return false
  }
}

function isTerms(value: unknown): value is Terms {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('tokens' in value) || !('to' in value))
    return false
  const { kind, tokens, to } = value
  const texts = ['scope', 'epoch', 'requester', 'reason', 'requestedAt', 'expires'].every(
    (name) => typeof Reflect.get(value, name) === 'string',
  )
  const isLevel =
    typeof to === 'object' &&
    to !== null &&
    'size' in to &&
    'orderRate' in to &&
    typeof to.size === 'number' &&
    typeof to.orderRate === 'number'
  return (
    (kind === 'release' || kind === 'promote') &&
    texts &&
    isLevel &&
    Array.isArray(tokens) &&
    tokens.every((t) => typeof t === 'string' && isToken(t))
  )
}

/** Puts a refused attempt on record. The refusal stands whether or not the log takes it. */
export function recordRefusal(
  stateDir: string,
  refusal: Refusal,
  about: { readonly kind: 'release' | 'promote'; readonly request?: string; readonly by: string },
  read: HistoryRead,
  means: Means,
): Refusal {
  try {
    const id = freshId(about.kind, read, means)
    const data = { request: about.request, code: refusal.code, message: refusal.message }
    openDecision(stateDir, id, { event: `${about.kind}.refused`, level: 'warn', data }, about.by, means).writer.close({
      outcome: 'refused',
      reason: refusal.code,
    })
  } catch {
    // Nothing was loosened, so there is nothing that must be proved.
  }
  return refusal
}

/** Requests that wait for a second person: their permissions still lie there. */
export function openRequests(stateDir: string, ids: readonly string[], nowMs: number): readonly Request[] {
  return ids.flatMap((id) => {
    const found = readRequest(stateDir, id)
    if ('kind' in found || nowMs >= Date.parse(found.terms.expires)) return []
    const dir = permitDir(stateDir)
    return found.terms.tokens.every((token) => contentOf(requested(dir, token, id)) !== undefined) ? [found] : []
  })
}

/** Ids of requests whose permissions lie in the directory. */
export function requestedIds(names: readonly string[], kind: 'release' | 'promote'): readonly string[] {
  const ids = names.flatMap((name) => {
    const id = name.slice(name.indexOf('+') + 1)
    return name.includes('+') && isId(id) && id.startsWith(`${kind}-`) ? [id] : []
  })
  return [...new Set(ids)].sort()
}
