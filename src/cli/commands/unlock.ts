/** `desk unlock request | approve | status`: one person asks to release a halt, another one approves. */
import { approveRelease, releaseStatus, requestRelease } from '../../killswitch/release.ts'
import { releaseStatement } from '../../killswitch/release-examination.ts'
import type { Refusal } from '../../killswitch/refusal.ts'
import { parseScope } from '../../killswitch/scope.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'
import type { Command } from '../command.ts'
import { deciderOf, type SigningOptions, writeTerms } from '../deciding.ts'
import { recordDeaths } from '../deaths.ts'
import { printJson } from '../output/print.ts'
import { confirmName, openDesk, refused } from '../permission.ts'
import { evidenceFor } from '../release-evidence.ts'
import { approvedJson, requestJson } from '../render/release.ts'

export interface RequestOptions extends Pick<SigningOptions, 'sign'> {
  readonly scope?: string
  readonly reason?: string
  readonly confirm?: string
}
export const request: Command<RequestOptions> = async (options, context) => {
  const { desk, boot, means } = openDesk(context)
  recordDeaths(desk.stateDir, context)
  const scope = parseScope(options.scope ?? 'all')
  if (scope === undefined)
    throw new DeskError(
      'bad-scope',
      exitCodes.usage,
      `unknown scope ${JSON.stringify(options.scope)}`,
      'all, venue:X, model:Y or symbol:S',
    )
  const by = deciderOf(desk, context, options)
  await confirmName(context, desk.name, options.confirm)
  const { venues, desk: about } = desk.config
  const answer = await requestRelease(
    desk.stateDir,
    boot,
    { scope, by, reason: options.reason ?? '', venues, models: [about.model] },
    means,
  )
  if (answer.kind === 'refused') refused(answer)
  const { request: asked } = answer
  if (context.globals.json) printJson(context.io, 'unlock-request', { schema: 1, request: requestJson(asked) })
  else {
    context.io.out(
      `${desk.name}: asked to release ${asked.terms.epoch} at 25 %\n  until   ${asked.terms.expires}\n  next    somebody else: desk unlock approve ${asked.id} --confirm ${desk.name}\n`,
    )
  }
  return exitCodes.ok
}

export interface ApproveOptions extends SigningOptions {
  readonly request: string
  readonly confirm?: string
}
export const approve: Command<ApproveOptions> = async (options, context) => {
  const { desk, boot, means } = openDesk(context)
  recordDeaths(desk.stateDir, context)
  const by = deciderOf(desk, context, options)
  const evidence = evidenceFor(desk, context)
  const words = (): Promise<string | Refusal> =>
    releaseStatement(desk.stateDir, boot, options.request, by, evidence, means)
  if (options.terms !== undefined) {
    const statement = await words()
    if (typeof statement !== 'string') refused(statement)
    writeTerms(context, options.terms, statement, `desk unlock approve ${options.request} --confirm ${desk.name}`)
    return exitCodes.ok
  }
  await confirmName(context, desk.name, options.confirm)
  const answer = await approveRelease(desk.stateDir, boot, options.request, by, evidence, means)
  if (answer.kind === 'refused') refused(answer)
  const { request: asked, approver } = answer
  if (context.globals.json) printJson(context.io, 'unlock-approve', approvedJson(answer))
  else {
    const scope = asked.terms.scope === 'all' ? 'TRADING AT 25 %' : `${asked.terms.scope} released`
    context.io.out(
      `${desk.name} ${scope}\n  asked by ${asked.terms.requester}, approved by ${approver.id}${approver.via === 'key' ? ' (signed)' : ''}\n  next    desk promote, after one full session without incident\n`,
    )
  }
  return exitCodes.ok
}

export const status: Command<object> = (_options, context) => {
  const { desk, boot, means } = openDesk(context)
  const { halted, halts, requests } = releaseStatus(desk.stateDir, boot, means)
  if (context.globals.json)
    printJson(context.io, 'unlock-status', { schema: 1, halted, halts, requests: requests.map(requestJson) })
  else {
    const lines = [
      `${desk.name} ${halted ? 'HALTED' : 'is not halted'}`,
      ...halts.map((halt) =>
        `  ${halt.id}  ${halt.scope}  ${halt.since}  by ${visible(halt.by)}  ${visible(halt.reason)}`.trimEnd(),
      ),
      ...requests.map(
        (each) => `  asked by ${each.terms.requester} until ${each.terms.expires}: desk unlock approve ${each.id}`,
      ),
      ...(halts.length > 0 && requests.length === 0 ? ['  next    desk unlock request'] : []),
    ]
    context.io.out(`${lines.join('\n')}\n`)
  }
  return Promise.resolve(exitCodes.ok)
}
