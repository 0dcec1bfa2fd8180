/**
 * Releasing a halt: two people, bound to this halt and its terms, with evidence from after it, and never to more than 25 %.
 */
import { readdirSync } from 'node:fs'
import type { Person } from '../model/journal.ts'
import { carryOutAgreed } from './approval.ts'
import { knownHistory, loosening } from './decide.ts'
import type { EvidenceAnswer, EvidenceCheck } from './evidence.ts'
import { adoptSilentHalt } from './inspect.ts'
import type { HistoryRead } from './history.ts'
import { isFree } from './hold.ts'
import { readMarks, removeMark } from './mark.ts'
import { type Granted, grant, permitDir, release, tighten } from './permit.ts'
import { type Means, stampOf, type StandingHalt } from './record.ts'
import { type Scope, nameScope, tokensOfHalt } from './scope.ts'
import { readStanding } from './standing.ts'
import { type Refusal } from './refusal.ts'
import { examineRelease, latestHalt, launchOf, whyHistoryMissing } from './release-examination.ts'
import { notHalted, type ReleaseOrder, termsOf } from './release-terms.ts'
import type { Decider, Recognised } from './roster.ts'
import { statementOf } from './statement.ts'
import type { Request } from './terms.ts'
import { fileRequest, objectToDraft, objectToSelf, openRequests, recordRefusal, requestedIds } from './two-person.ts'

export type Requested = { readonly kind: 'requested'; readonly request: Request } | Refusal

/** Asks for a release. Throws DeskError 73 or 75 or `history-unreadable`. */
export function requestRelease(stateDir: string, boot: string, order: ReleaseOrder, means: Means): Promise<Requested> {
  return loosening(stateDir, order.by.claimed, means, async () => {
    if (order.scope.kind === 'all') dropUnfinished(stateDir, boot, means)
    const { history, read } = knownHistory(stateDir, means)
    const refused = (refusal: Refusal): Refusal =>
      recordRefusal(stateDir, refusal, { kind: 'release', by: order.by.claimed }, read, means)
    const lost = whyHistoryMissing(stateDir)
    if (lost !== undefined) return refused(lost)
    const epoch = latestHalt(stateDir, history, order.scope)?.id ?? launchOf(stateDir, boot, history, order.scope)
    if (epoch === undefined) return refused(notHalted(stateDir, boot, order.scope))
    const against =
      order.draft === undefined ? undefined : objectToDraft(stateDir, order.draft, read, means.now().getTime())
    if (against !== undefined) return refused(against)
    const terms = termsOf(stateDir, boot, order, epoch, history, means)
    const filed = await fileRequest(stateDir, terms, order.by, read, means, order.draft?.id)
    return 'kind' in filed ? refused(filed) : { kind: 'requested', request: filed }
  })
}

export type Approved =
  | {
      readonly kind: 'granted'
      readonly request: Request
      readonly approval: string
      readonly approver: Person
      readonly evidence: readonly EvidenceAnswer[]
    }
  | Refusal

/** Approves a release, after looking at everything again. Throws DeskError 73 or 75: then nothing has changed. */
export function approveRelease(
  stateDir: string,
  boot: string,
  id: string,
  approver: Decider,
  evidence: EvidenceCheck,
  means: Means,
): Promise<Approved> {
  return loosening(stateDir, approver.claimed, means, async () => {
    const { history, read } = knownHistory(stateDir, means)
    const refused = (refusal: Refusal): Refusal =>
      recordRefusal(stateDir, refusal, { kind: 'release', request: id, by: approver.claimed }, read, means)
    const examined = await examineRelease(stateDir, boot, id, approver, evidence, history, means)
    if ('kind' in examined) return refused(examined)
    const { asked, scope, answers } = examined
    const statement = statementOf('approve', id, asked.terms, answers)
    const proof = await approver.recognise(statement, means.now().getTime())
    if ('kind' in proof) return refused(proof)
    const own = objectToSelf(asked.terms, proof.person.id)
    if (own !== undefined) return refused(own)
    return carryOut(stateDir, boot, asked, scope, proof, answers, read, means)
  })
}

function carryOut(
  stateDir: string,
  boot: string,
  asked: Request,
  scope: Scope,
  proof: Recognised,
  evidence: readonly EvidenceAnswer[],
  read: HistoryRead,
  means: Means,
): Approved {
  const { id, terms } = asked
  const isWhole = scope.kind === 'all'
  const approval = carryOutAgreed(
    stateDir,
    {
      kind: 'release',
      asked,
      change: {
        kind: 'released',
        scope: terms.scope,
        tightens: isWhole ? ['half', 'full'] : [],
        ...(isWhole ? { to: terms.to } : {}),
      },
      proof,
      data: { evidence },
      overtaken: 'a halt overtook the release: still halted',
      putIntoForce: () =>
        isWhole ? release(permitDir(stateDir), terms.tokens, id, boot) : releasePart(stateDir, boot, scope, asked),
    },
    read,
    means,
  )
  if (typeof approval !== 'string') return approval
  return { kind: 'granted', request: asked, approval, approver: proof.person, evidence }
}

/** A part comes back as far as nobody else holds it: the marks of this and earlier halts go, those of rules and later halts stay. */
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
  const tokens = terms.tokens.filter((token) => isFree(token, others))
  return tokens.length === 0 ? { kind: 'granted' } : grant(dir, tokens, id, boot)
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
