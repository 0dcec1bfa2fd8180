/**
 * What two people decide: one asks, another approves. The request binds its exact terms, the epoch in which it was asked, and a time;
 * its permissions lie in the directory as requests from then on, so that any tightening voids it. Nothing here grants.
 */
import { existsSync } from 'node:fs'
import { isId } from '../audit/id.ts'
import { segmentName, segmentPath } from '../audit/layout.ts'
import { ensureDirectory } from '../disk/directory.ts'
import { readRun } from '../audit/segment-read.ts'
import { freshId, lastIdOf, openDecision } from './decide.ts'
import type { HistoryRead } from './history.ts'
import { discard } from './hold.ts'
import { isSamePerson } from './person.ts'
import { contentOf, permitDir, request, requested } from './permit.ts'
import { type Means, stampOf } from './record.ts'
import { type Refusal, refuse } from './refusal.ts'
import type { Decider, Recognised } from './roster.ts'
import { statementOf } from './statement.ts'
import { type Request, type Terms, digestOf, isTerms } from './terms.ts'

export const defaultExpiryMs = 30 * 60_000

/** A request that was signed before it is filed: what it says of itself. */
export interface Draft {
  readonly id: string
  /** RFC 3339. */
  readonly requestedAt: string
}
const draftLastsMs = 10 * 60_000

/** What speaks against a draft that comes back signed: it is old, made up or used, or something was decided since. */
export function objectToDraft(
  stateDir: string,
  { id, requestedAt }: Draft,
  read: HistoryRead,
  nowMs: number,
): Refusal | undefined {
  if (!isId(id) || !id.startsWith('release-'))
    return refuse('unknown-request', 'this is no id of a request: ask for its words first')
  const ageMs = nowMs - Date.parse(requestedAt)
  if (!(ageMs >= 0 && ageMs <= draftLastsMs))
    return refuse('expired', 'what was signed is not from these ten minutes: ask for its words again')
  const last = lastIdOf(read)
  const isOvertaken = last !== undefined && stampOf(last) >= stampOf(id)
  return isOvertaken || existsSync(segmentPath(stateDir, segmentName(id, 0)))
    ? refuse('void', 'these words were used, or something was decided since: ask for them again')
    : undefined
}

/**
 * Recognises who asks, puts the request on record and files its permissions. Throws DeskError 73; then nothing is filed. A refusal is not
 * on record yet.
 */
export async function fileRequest(
  stateDir: string,
  terms: Terms,
  by: Decider,
  read: HistoryRead,
  means: Means,
  id = freshId(terms.kind, read, means),
): Promise<Request | Refusal> {
  const digest = digestOf(terms)
  const proof = await prove(by, terms.requester, statementOf('request', id, terms, []), means)
  if ('kind' in proof) return proof
  const { writer } = openDecision(
    stateDir,
    id,
    { event: `${terms.kind}.requested`, data: { terms, digest, ...proofOf(proof) } },
    terms.requester,
    means,
  )
  const dir = permitDir(stateDir)
  try {
    // Of a desk before its launch, or one that was halted by removing everything. An empty directory permits nothing.
    ensureDirectory(dir)
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
  return { id, terms, digest, ...proofOf(proof) }
}

/** Whoever signs must be who the words say it is. */
export async function prove(
  by: Decider,
  named: string,
  statement: string,
  means: Pick<Means, 'now'>,
): Promise<Recognised | Refusal> {
  const found = await by.recognise(statement, means.now().getTime())
  if ('kind' in found || isSamePerson(found.person.id, named)) return found
  return refuse('unknown-signer', `the signature is of ${found.person.id}, not of ${named}`)
}

/** For the record: how somebody was recognised, and what lets anybody else check it later. */
export const proofOf = ({ person, signature }: Recognised): Pick<Request, 'via' | 'signature'> => ({
  via: person.via,
  ...(signature === undefined ? {} : { signature }),
})

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
  const text = (name: 'via' | 'signature'): unknown => Reflect.get(data, name)
  const [via, signature] = [text('via'), text('signature')]
  return {
    id,
    terms,
    digest: digestOf(terms),
    via: via === 'key' || via === 'paper' ? via : 'login',
    ...(typeof signature === 'string' ? { signature } : {}),
  }
}

/** Somebody of whom it is not proved yet who they are. */
export type Approver = Pick<Decider, 'desk' | 'claimed' | 'objectToRequester'>

/** What can be said against a request whatever it asks for: who, when, and whether it is still the same. */
export function objectTo(
  stateDir: string,
  asked: Request,
  approver: Approver,
  epoch: string,
  { host, now }: Pick<Means, 'host' | 'now'>,
): Refusal | undefined {
  const { id, terms, digest } = asked
  const dir = permitDir(stateDir)
  const nowMs = now().getTime()
  const own = objectToSelf(terms, approver.claimed)
  if (own !== undefined) return own
  if (terms.desk !== approver.desk || terms.host !== host)
    return refuse('other-desk', `it was asked for the desk ${terms.desk} on ${terms.host}`)
  const unproved = approver.objectToRequester?.(asked, statementOf('request', id, terms, []), nowMs)
  if (unproved !== undefined) return unproved
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

/** Two decisions of one person are one. */
export const objectToSelf = ({ requester }: Terms, approver: string): Refusal | undefined =>
  isSamePerson(requester, approver)
    ? refuse('own-request', `${approver} asked for this: somebody else has to approve it`)
    : undefined

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
