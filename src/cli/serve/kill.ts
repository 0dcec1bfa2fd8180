/**
 * `POST /api/system/kill_switch`: what `desk kill` does, for the same desks. It goes past the HTTP library and past every limit: the
 * permission is gone before anything but the scope is waited for, and nothing is answered before that.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { hasBody, readBody } from './body.ts'
import { errorDocument, failures } from './failing.ts'
import { type KillOrder, readKillOrder } from './kill-order.ts'
import { isFromHere } from './peer.ts'
import type { Served } from './served.ts'
import { sharingFinish } from './shared-finish.ts'
import { bearerOf } from './tokens.ts'
import { failureOf, type Said } from '../failure-report.ts'
import { exitOfKill, finishDesks } from '../kill/finish.ts'
import { type Halted, haltNow, homeOr } from '../kill/halt-now.ts'
import type { Output } from '../output/published.ts'
import { desksToHalt } from '../../killswitch/desks.ts'
import { nameScope } from '../../killswitch/scope.ts'
import { type ExitCode, exitCodes } from '../../model/failure.ts'

export interface KillAnswer {
  readonly status: number
  readonly document: Output<'kill'> | Output<'error'>
  readonly exit: ExitCode
  /** Who halted, as far as a token tells. */
  readonly by: string
}
export interface KillSwitch {
  /** Halts before it first waits, unless the scope has still to come; `broken` says that it never will. Never rejects. */
  readonly answer: (request: IncomingMessage, response: ServerResponse, broken: AbortSignal) => Promise<KillAnswer>
  /** For a request of which only the first line could be read. */
  readonly haltEverything: () => Promise<KillAnswer>
  /** Resolves once nothing is left to be done for any halt. */
  readonly settled: () => Promise<void>
}

/** A halt needs no name, and the account of this process is nobody who asked. */
const nobody = 'unknown'

export function killSwitch(served: Served): KillSwitch {
  const { tokens, limits, metrics } = served
  const turns = sharingFinish<KillAnswer>()
  const finish = (order: KillOrder, done: Done, by: string): Promise<KillAnswer> =>
    turns.finish(
      JSON.stringify([nameScope(order.scope), order.flatten, order.peers, order.profile, by]),
      done.halted,
      (halted) => finishHalt(served, order, { ...done, halted }, by),
    )
  const engage = (order: KillOrder): Done => {
    metrics.countKill()
    return haltDesks(served, order)
  }
  return {
    settled: turns.settled,
    haltEverything: () => {
      const order = readKillOrder('', undefined)
      return finish(order, engage(order), nobody)
    },
    answer: async (request, response, broken) => {
      const bearer = bearerOf(request.headers.authorization, tokens)
      const isTrusted = bearer?.roles.includes('halt') === true
      if (!isTrusted && !isFromHere(request))
        return refuse(bearer === undefined ? 401 : 403, bearer === undefined ? failures.noToken : failures.wrongRole)
      const target = request.url ?? ''
      const inQuery = readKillOrder(target, '')
      const isWhole = !hasBody(request)
      const early = isWhole || inQuery.isNamed ? engage(inQuery) : undefined
      const body = isWhole
        ? ''
        : await readBody(request, { bytes: limits.killBodyBytes, ms: limits.killBodyMs, broken })
      if (body === undefined) response.setHeader('connection', 'close')
      const order = withLicence(readKillOrder(target, body), isTrusted)
      const isEnough = early !== undefined && nameScope(inQuery.scope) === nameScope(order.scope)
      return finish(order, isEnough ? early : engage(order), bearer?.person ?? nobody)
    },
  }
}

/** Halting harms nobody; closing positions may, so that takes a token from everywhere. */
function withLicence(order: KillOrder, isTrusted: boolean): KillOrder {
  if (!order.flatten || isTrusted) return order
  return {
    ...order,
    flatten: false,
    misuse: [...order.misuse, 'nothing was flattened: that needs a token of role halt'],
  }
}

interface Done {
  readonly halted: readonly Halted[]
  /** What keeps us from knowing all desks, and a profile that names none. */
  readonly problems: readonly string[]
  readonly misuse: readonly string[]
}

function haltDesks({ context }: Served, order: KillOrder): Done {
  const { deps, globals } = context
  const places = { env: deps.env, home: homeOr('/'), registry: deps.system.liveRegistry }
  const { desks, problems, misuse } = desksToHalt(places, globals.profile)
  const meant = desks.filter(({ profile }) => order.profile === undefined || profile === order.profile)
  return {
    halted: meant.map((desk) => haltNow(desk, order.scope)),
    problems,
    misuse: misuse === undefined ? [] : [`${misuse}: every desk of this host was halted`],
  }
}

async function finishHalt({ context }: Served, order: KillOrder, done: Done, by: string): Promise<KillAnswer> {
  const { config } = context.globals
  const { flatten, peers, reason, profile } = order
  if (done.halted.length === 0) return refuse(404, noDesk(profile))
  const words = { flatten, peers, reason, by, ...(config === undefined ? {} : { config }) }
  try {
    const finished = await finishDesks(done.halted, words, context.deps)
    const misuse = [...done.misuse, ...order.misuse]
    const exit = exitOfKill(finished, done.problems, misuse)
    // Whatever the command says on standard error besides.
    const more = [...done.problems, ...misuse]
    const desks = finished.map(({ report }) => ({ ...report, problems: [...report.problems, ...more] }))
    return { status: statuses[exit] ?? 202, document: { schema: 1, desks }, exit, by }
  } catch (error) {
    const failure = failureOf(error, false)
    const isHalted = done.halted.every(({ engaged }) => engaged.halted)
    const message = `${isHalted ? 'halted' : 'NOT HALTED'}, but what follows a halt failed: ${failure.message}`
    return { ...refuse(isHalted ? 202 : 500, { ...failure, message }), by }
  }
}

/** Everything as asked; not halted; no desk was there. All else: halted, and there is something to look at. */
const statuses: Readonly<Partial<Record<ExitCode, number>>> = {
  [exitCodes.ok]: 200,
  [exitCodes.failed]: 500,
  [exitCodes.invalidConfiguration]: 404,
}

const noDesk = (profile = 'any'): Said => ({
  code: 'no-such-desk',
  exit: exitCodes.invalidConfiguration,
  message: `no desk of profile ${profile} is served here`,
  hint: undefined,
})

const refuse = (status: number, said: Said): KillAnswer => ({
  status,
  document: errorDocument(said),
  exit: said.exit,
  by: nobody,
})
