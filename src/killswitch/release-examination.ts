/** What a request for release is held against: the halt it is about, its terms, who asked, and the evidence since. */
import { missingHistoryOf } from '../audit/health.ts'
import { knownHistory } from './decide.ts'
import type { EvidenceAnswer, EvidenceCheck } from './evidence.ts'
import { grantOf } from './history.ts'
import { knownMarks, wordsIn } from './mark.ts'
import { permitDir } from './permit.ts'
import { type History, type Means, type StandingHalt, stampOf } from './record.ts'
import { type Refusal, refuse } from './refusal.ts'
import { type Scope, nameScope, parseScope } from './scope.ts'
import { readStanding } from './standing.ts'
import { tokensOfRelease } from './release-tokens.ts'
import { statementOf } from './statement.ts'
import type { Request } from './terms.ts'
import { type Approver, objectTo, readRequest } from './two-person.ts'

/** What a desk that never had a permit asks to be released from. */
const launchEpoch = 'launch'

/** A desk whose log knows of no permit at all. */
export function launchOf(stateDir: string, boot: string, history: History, scope: Scope): string | undefined {
  const isNew = scope.kind === 'all' && history.launched !== true
  return isNew && readStanding(stateDir, boot).state === 'HALTED' ? launchEpoch : undefined
}

/** By the log, else by its mark: a halt of a part whose record or whose release is incomplete. */
export function latestHalt(
  stateDir: string,
  history: History,
  scope: Scope,
): Pick<StandingHalt, 'id' | 'since'> | undefined {
  const name = nameScope(scope)
  const recorded = history.halts.filter((halt) => halt.scope === name).at(-1)
  if (recorded !== undefined) return recorded
  const mark = knownMarks(permitDir(stateDir)).find(
    (each) => nameScope(each.scope) === name && each.cause.kind === 'halt',
  )
  return mark === undefined ? undefined : { id: mark.cause.id, since: wordsIn(mark).since }
}

export interface Examined {
  readonly asked: Request
  readonly scope: Scope
  readonly answers: readonly EvidenceAnswer[]
}

/** Everything that can be said for or against a request before somebody agrees to it. */
export async function examineRelease(
  stateDir: string,
  boot: string,
  id: string,
  approver: Approver,
  evidence: EvidenceCheck,
  history: History,
  means: Means,
): Promise<Examined | Refusal> {
  const lost = whyHistoryMissing(stateDir)
  if (lost !== undefined) return lost
  const asked = readRequest(stateDir, id)
  if ('kind' in asked) return asked
  const scope = parseScope(asked.terms.scope)
  if (asked.terms.kind !== 'release' || scope === undefined)
    return refuse('unknown-request', `${id} asks for something else: desk promote`)
  const halt = latestHalt(stateDir, history, scope)
  if (halt !== undefined && stampOf(id) < stampOf(halt.id))
    return refuse('older-than-halt', `the request is older than the halt ${halt.id}: ask again`)
  const isLaunch = launchOf(stateDir, boot, history, scope) === asked.terms.epoch
  if (halt === undefined && !isLaunch) {
    const isUnfinished = asked.terms.tokens.some((token) => grantOf(history, token) === id)
    // Approved before, but that process died before the grant. The same request and no halt since: it is looked at once more.
    if (!isUnfinished) return refuse('not-halted', `${asked.terms.scope} is no longer halted`)
  }
  const epoch = halt?.id ?? asked.terms.epoch
  const objection = objectTo(stateDir, asked, approver, epoch, means)
  if (objection !== undefined) return objection
  // What the rule held was the rule's to give back, and it could not: the halt stood. Granting what was asked for would open nothing.
  const isShort =
    halt !== undefined && tokensOfRelease(stateDir, boot, scope).some((t) => !asked.terms.tokens.includes(t))
  if (isShort)
    return refuse(
      'hold-lifted',
      `a rule held ${asked.terms.scope} when this was asked for, and does so no longer: ask again`,
    )
  const answers = await evidence({
    halt: epoch,
    // A launch has nothing that its evidence must come after; its own windows say how old it may be.
    sinceMs: halt === undefined && isLaunch ? 0 : Date.parse(halt?.since ?? asked.terms.requestedAt),
    nowMs: means.now().getTime(),
    scope: asked.terms.scope,
    launch: history.launched !== true,
  })
  const missing = answers.flatMap((answer) => (answer.kind === 'missing' ? [`${answer.what}: ${answer.reason}`] : []))
  return missing.length > 0 || answers.length === 0
    ? refuse('evidence', missing.join('; ') || 'there is no evidence')
    : { asked, scope, answers }
}

/** A log that was cut or emptied cannot vouch for what people decided, so nothing is loosened beside it. */
export function whyHistoryMissing(stateDir: string): Refusal | undefined {
  const [problem] = missingHistoryOf(stateDir)
  return problem === undefined ? undefined : refuse('history-missing', problem)
}

/** What an approval has to sign as things stand now. Changes nothing. Throws DeskError `history-unreadable`. */
export async function releaseStatement(
  stateDir: string,
  boot: string,
  id: string,
  approver: Approver,
  evidence: EvidenceCheck,
  means: Means,
): Promise<string | Refusal> {
  const { history } = knownHistory(stateDir, means)
  const examined = await examineRelease(stateDir, boot, id, approver, evidence, history, means)
  return 'kind' in examined ? examined : statementOf('approve', id, examined.asked.terms, examined.answers)
}
