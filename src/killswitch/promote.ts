/** Back up by one level: to the one before, after a full session without incident since the last change, by two people. */
import { existsSync } from 'node:fs'
import type { Person } from '../model/journal.ts'
import { carryOutAgreed } from './approval.ts'
import { knownHistory, loosening, problemOf } from './decide.ts'
import { currentEpoch } from './epoch.ts'
import type { HistoryRead } from './history.ts'
import { knownMarks } from './mark.ts'
import { grant, inForce, permitDir } from './permit.ts'
import { type Level, type Means, type History } from './record.ts'
import type { Token } from './scope.ts'
import { readStanding } from './standing.ts'
import { levelInForce } from './throttle.ts'
import { type Refusal, refuse } from './refusal.ts'
import { whyHistoryMissing } from './release-examination.ts'
import type { Decider, Recognised } from './roster.ts'
import { statementOf } from './statement.ts'
import type { Request, Terms } from './terms.ts'
import {
  type Approver,
  defaultExpiryMs,
  fileRequest,
  objectTo,
  objectToSelf,
  readRequest,
  recordRefusal,
} from './two-person.ts'

export interface PromotionWorld {
  /** The first session that opens after the moment. Throws beyond the calendar's horizon. */
  readonly nextSession: (afterMs: number) => { readonly openMs: number; readonly closeMs: number }
  /** P0 and P1 incidents, whatever became of them; a failure where nobody can tell. */
  readonly incidents: () => Promise<
    | readonly { readonly id: string; readonly openedMs: number; readonly isOpen: boolean }[]
    | { readonly failure: string }
  >
}
export interface PromotionOrder {
  readonly by: Decider
  readonly reason: string
  readonly expiryMs?: number
}
export type PromotionRequested = { readonly kind: 'requested'; readonly request: Request } | Refusal
export type Promoted =
  | { readonly kind: 'granted'; readonly request: Request; readonly approval: string; readonly approver: Person }
  | Refusal

/** Throws DeskError 73, 75 or `history-unreadable`. */
export function requestPromotion(
  stateDir: string,
  boot: string,
  order: PromotionOrder,
  world: PromotionWorld,
  means: Means,
): Promise<PromotionRequested> {
  return loosening(stateDir, order.by.claimed, means, async () => {
    const { history, read } = knownHistory(stateDir, means)
    const refused = (refusal: Refusal): Refusal =>
      recordRefusal(stateDir, refusal, { kind: 'promote', by: order.by.claimed }, read, means)
    const objection = await objectToPromotion(stateDir, boot, history, world, means)
    const to = nextLevel(stateDir, boot, history)
    if (objection !== undefined || to === undefined)
      return refused(objection ?? refuse('nothing-to-do', 'the desk trades at its full size'))
    const now = means.now()
    const terms: Terms = {
      kind: 'promote',
      desk: order.by.desk,
      host: means.host,
      scope: 'all',
      epoch: currentEpoch(stateDir, boot),
      tokens: tokensTo(stateDir, boot, to),
      to,
      requester: order.by.claimed,
      reason: order.reason,
      requestedAt: now.toISOString(),
      expires: new Date(now.getTime() + (order.expiryMs ?? defaultExpiryMs)).toISOString(),
    }
    const filed = await fileRequest(stateDir, terms, order.by, read, means)
    return 'kind' in filed ? refused(filed) : { kind: 'requested', request: filed }
  })
}

/** Looks at everything again before it grants. Throws as `requestPromotion` does. */
export function approvePromotion(
  stateDir: string,
  boot: string,
  id: string,
  approver: Decider,
  world: PromotionWorld,
  means: Means,
): Promise<Promoted> {
  return loosening(stateDir, approver.claimed, means, async () => {
    const { history, read } = knownHistory(stateDir, means)
    const refused = (refusal: Refusal): Refusal =>
      recordRefusal(stateDir, refusal, { kind: 'promote', request: id, by: approver.claimed }, read, means)
    const asked = await examine(stateDir, boot, id, approver, world, history, means)
    if ('kind' in asked) return refused(asked)
    const proof = await approver.recognise(statementOf('approve', id, asked.terms, []), means.now().getTime())
    if ('kind' in proof) return refused(proof)
    const own = objectToSelf(asked.terms, proof.person.id)
    if (own !== undefined) return refused(own)
    return carryOut(stateDir, boot, asked, proof, read, means)
  })
}

/** What an approval has to sign. Changes nothing. Throws DeskError `history-unreadable`. */
export async function promotionStatement(
  stateDir: string,
  boot: string,
  id: string,
  approver: Approver,
  world: PromotionWorld,
  means: Means,
): Promise<string | Refusal> {
  const { history } = knownHistory(stateDir, means)
  const asked = await examine(stateDir, boot, id, approver, world, history, means)
  return 'kind' in asked ? asked : statementOf('approve', id, asked.terms, [])
}

async function examine(
  stateDir: string,
  boot: string,
  id: string,
  approver: Approver,
  world: PromotionWorld,
  history: History,
  means: Means,
): Promise<Request | Refusal> {
  const asked = readRequest(stateDir, id)
  if ('kind' in asked) return asked
  if (asked.terms.kind !== 'promote')
    return refuse('unknown-request', `${id} asks for something else: desk unlock approve ${id}`)
  const objection = objectTo(stateDir, asked, approver, currentEpoch(stateDir, boot), means)
  return objection ?? (await objectToPromotion(stateDir, boot, history, world, means)) ?? asked
}

function carryOut(
  stateDir: string,
  boot: string,
  asked: Request,
  proof: Recognised,
  read: HistoryRead,
  means: Means,
): Promoted {
  const { id, terms } = asked
  const approval = carryOutAgreed(
    stateDir,
    {
      kind: 'promote',
      asked,
      change: { kind: 'promoted', scope: 'all', tightens: [], from: levelInForce(stateDir, boot), to: terms.to },
      proof,
      overtaken: 'a halt or a throttle overtook the promotion',
      putIntoForce: () => grant(permitDir(stateDir), terms.tokens, id, boot),
    },
    read,
    means,
  )
  if (typeof approval !== 'string') return approval
  return { kind: 'granted', request: asked, approval, approver: proof.person }
}

/** What speaks against going up now, with the moment from which it is possible where that can be told. */
async function objectToPromotion(
  stateDir: string,
  boot: string,
  history: History,
  world: PromotionWorld,
  means: Means,
): Promise<Refusal | undefined> {
  const lost = whyHistoryMissing(stateDir)
  if (lost !== undefined) return lost
  if (readStanding(stateDir, boot).state === 'HALTED')
    return refuse('halted', 'the desk is halted: desk unlock request')
  const halt = history.halts.at(-1)
  if (halt !== undefined) return refuse('halted', `${halt.scope} is still halted (${halt.id})`)
  const mark = knownMarks(permitDir(stateDir))[0]
  if (mark !== undefined)
    return refuse(
      'held',
      `${mark.scope.kind === 'all' ? 'the desk' : `${mark.scope.kind} ${mark.scope.id}`} is held by ${mark.cause.id}`,
    )
  if (nextLevel(stateDir, boot, history) === undefined)
    return refuse('nothing-to-do', 'the desk trades at the level it had before')
  const incidents = await world.incidents()
  if ('failure' in incidents)
    return refuse('incident', `whether there were incidents cannot be told: ${incidents.failure}`)
  const open = incidents.find((incident) => incident.isOpen)
  if (open !== undefined) return refuse('incident', `incident ${open.id} is open`)
  return tooEarly(history, incidents, world, means)
}

function tooEarly(
  history: History,
  incidents: readonly { readonly openedMs: number }[],
  world: PromotionWorld,
  means: Means,
): Refusal | undefined {
  const changedMs = Date.parse(history.level?.at ?? '')
  if (Number.isNaN(changedMs)) return refuse('too-early', 'when the level last changed cannot be told')
  const sinceMs = Math.max(changedMs, ...incidents.map((incident) => incident.openedMs))
  let closeMs: number
  try {
    closeMs = world.nextSession(sinceMs).closeMs
  } catch (error) {
    return refuse('too-early', problemOf(error))
  }
  if (means.now().getTime() >= closeMs) return undefined
  const from = new Date(closeMs).toISOString()
  return refuse('too-early', `one full session without incident comes first: possible from ${from}`, from)
}

/** The nearest earlier level above the present one, for size and for the rate of orders; undefined where there is none. */
export function nextLevel(stateDir: string, boot: string, history: History): Level | undefined {
  const now = levelInForce(stateDir, boot)
  const size = history.sizes.find((level) => level > now.size) ?? now.size
  const orderRate = history.orderRates.find((level) => level > now.orderRate) ?? now.orderRate
  const to = { size: asSize(size), orderRate: asRate(orderRate) }
  return to.size === now.size && to.orderRate === now.orderRate ? undefined : to
}

const asSize = (size: number): Level['size'] => (size === 1 || size === 0.5 || size === 0.25 ? size : 0)
const asRate = (rate: number): Level['orderRate'] => (rate === 1 || rate === 0.5 ? rate : 0.25)

/** Missing permissions only; `open` is the commit where the desk was close-only. */
function tokensTo(stateDir: string, boot: string, to: Level): readonly Token[] {
  const wanted: Token[] = []
  if (to.orderRate >= 0.5) wanted.push('rate-half')
  if (to.orderRate === 1) wanted.push('rate-full')
  if (to.size >= 0.5) wanted.push('half')
  if (to.size === 1) wanted.push('full')
  if (to.size > 0) wanted.push('open')
  return wanted.filter((token) => !existsSync(inForce(permitDir(stateDir), token, boot)))
}
