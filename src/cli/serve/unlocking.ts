/**
 * `POST /api/system/unlock_request` and `unlock_approve`: what `desk unlock` does. On paper the token says who it is; on a live desk only
 * a signature does, over words that are asked for first.
 */
import * as z from 'zod'
import { failures } from './failing.ts'
import type { Bearer } from './tokens.ts'
import type { Context } from '../command.ts'
import { recordDeaths } from '../deaths.ts'
import { deciderWith, rosterOf } from '../deciding.ts'
import { realSleep } from '../deps.ts'
import type { Output } from '../output/published.ts'
import { openDesk, refused } from '../permission.ts'
import { evidenceFor } from '../release-evidence.ts'
import { approvedJson, requestJson } from '../render/release.ts'
import type { WhichDesk } from '../which-desk.ts'
import { textRedactor } from '../../audit/redact.ts'
import { releaseStatement } from '../../killswitch/release-examination.ts'
import { approveRelease, requestRelease } from '../../killswitch/release.ts'
import { draftRelease, type ReleaseOrder } from '../../killswitch/release-terms.ts'
import { type Decider, decidingAs, decidingBySignature } from '../../killswitch/roster.ts'
import { parseScope, type Scope } from '../../killswitch/scope.ts'
import { releaseNamespace } from '../../killswitch/ssh-signature.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'

const signature = z.string().min(1).max(4096)
const name = z.string().max(64)
export const requestBody = z.strictObject({
  scope: z.string().default('all'),
  reason: z.string().max(1000).default(''),
  confirm: name.optional(),
  /** Who is going to sign. On paper the token tells. */
  requestor: name.optional(),
  draft: z.strictObject({ id: z.string(), requestedAt: z.iso.datetime() }).optional(),
  signature: signature.optional(),
})
export const approveBody = z.strictObject({
  request_id: z.string().max(64),
  confirm: name.optional(),
  /** Not believed: the token or the signature tells. */
  approver: name.optional(),
  signature: signature.optional(),
})

type Statement = Output<'unlock-statement'>

export async function requestUnlock(
  asked: z.output<typeof requestBody>,
  bearer: Bearer | undefined,
  context: Context,
): Promise<Output<'unlock-request'> | Statement> {
  const { desk, boot, means } = open(context)
  const order = (by: Decider): ReleaseOrder => ({
    scope: scopeOf(asked.scope),
    by,
    reason: textRedactor(desk.config.secrets)(asked.reason),
    venues: desk.config.venues,
    models: [desk.config.desk.model],
    ...(asked.draft === undefined ? {} : { draft: asked.draft }),
  })
  if (desk.profile === 'live' && asked.signature === undefined) {
    const drafted = draftRelease(desk.stateDir, boot, order(unproved(desk, context, asked.requestor, bearer)), means)
    if (drafted.kind === 'refused') return refused(drafted)
    return { schema: 1, statement: drafted.statement, namespace: releaseNamespace, draft: drafted.draft }
  }
  if (desk.profile === 'live' && asked.draft === undefined)
    throw new DeskError('no-draft', exitCodes.usage, 'a signature comes with the draft that it signs', '"draft": { … }')
  confirm(desk, asked.confirm)
  const answer = await requestRelease(desk.stateDir, boot, order(proved(desk, context, asked.signature, bearer)), means)
  return answer.kind === 'refused' ? refused(answer) : { schema: 1, request: requestJson(answer.request) }
}

export async function approveUnlock(
  asked: z.output<typeof approveBody>,
  bearer: Bearer | undefined,
  context: Context,
): Promise<Output<'unlock-approve'> | Statement> {
  const { desk, boot, means } = open(context)
  const { stateDir } = desk
  const evidence = evidenceFor(desk, context)
  if (desk.profile === 'live' && asked.signature === undefined) {
    const by = unproved(desk, context, asked.approver, bearer)
    const statement = await releaseStatement(stateDir, boot, asked.request_id, by, evidence, means)
    return typeof statement === 'string' ? { schema: 1, statement, namespace: releaseNamespace } : refused(statement)
  }
  confirm(desk, asked.confirm)
  const by = proved(desk, context, asked.signature, bearer)
  const answer = await approveRelease(stateDir, boot, asked.request_id, by, evidence, means)
  return answer.kind === 'refused' ? refused(answer) : approvedJson(answer)
}

/** With a lock that is not waited for: a thread that sleeps engages nothing. */
function open(context: Context): ReturnType<typeof openDesk> {
  const opened = openDesk(context)
  recordDeaths(opened.desk.stateDir, context)
  return { ...opened, means: { ...opened.means, lockWaitMs: 0 } }
}

type InTurn = <T>(act: () => Promise<T>) => Promise<T>
const lockTries = 100
const lockTryMs = 20

/** One after the other within this process, and patient with others: what waits here lets halts through. */
export function turnTaking({ deps }: Pick<Context, 'deps'>): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (act) => {
    const patiently = async (): ReturnType<typeof act> => {
      for (let tries = 1; ; tries++) {
        try {
          return await act()
        } catch (error) {
          if (!(error instanceof DeskError && error.code === 'locked') || tries >= lockTries) throw error
          await realSleep(lockTryMs, deps.interrupted)
        }
      }
    }
    const turn = last.then(patiently)
    last = turn.catch(() => undefined)
    return turn
  }
}

function scopeOf(text: string): Scope {
  const scope = parseScope(text)
  if (scope !== undefined) return scope
  const message = `unknown scope ${JSON.stringify(text.slice(0, 100))}`
  throw new DeskError('bad-scope', exitCodes.usage, message, 'all, venue:X, model:Y or symbol:S')
}

/** What loosens wants the desk's name said. */
function confirm({ name: own }: WhichDesk, given: string | undefined): void {
  if (given === own) return
  const hint = `"confirm": ${JSON.stringify(own)}`
  throw given === undefined
    ? new DeskError('not-confirmed', exitCodes.waiting, "this loosens, so it needs the desk's name", hint)
    : new DeskError('not-confirmed', exitCodes.refused, 'that is not the name of this desk', hint)
}

/** Throws DeskError `no-token`, `wrong-role`. */
function proved(desk: WhichDesk, context: Context, signed: string | undefined, bearer: Bearer | undefined): Decider {
  if (desk.profile === 'live') return deciderWith(desk, context, signed ?? '')
  if (bearer === undefined) throw failing(failures.noToken)
  if (!bearer.roles.includes('release')) throw failing(failures.wrongRole)
  return decidingAs({ id: bearer.person, via: 'paper' }, desk.name)
}

/** Whoever says that they will sign: words may be made out to anybody, for only their own key can sign them. */
const unproved = (desk: WhichDesk, context: Context, named: string | undefined, bearer: Bearer | undefined): Decider =>
  decidingBySignature(rosterOf(desk, context), named ?? bearer?.person ?? 'unknown', desk.name, () =>
    Promise.resolve(''),
  )

const failing = ({ code, exit, message, hint }: (typeof failures)['noToken']): DeskError =>
  new DeskError(code, exit, message, hint)
