/** Every path but the kill switch: who may ask, what is answered, and how failures are told. */
import type { HttpBindings } from '@hono/node-server'
import { type Context as Asked, Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type * as z from 'zod'
import { errorDocument, failures, type FailureStatus, headers, statusOfFailure } from './failing.ts'
import { killPath } from './kill-order.ts'
import { isFromHere, isOwnHost, isOwnOrigin } from './peer.ts'
import { limitRate } from './rate.ts'
import { whyNotReady } from './readiness.ts'
import type { Served } from './served.ts'
import { type Bearer, bearerOf } from './tokens.ts'
import { approveBody, approveUnlock, requestBody, requestUnlock, turnTaking } from './unlocking.ts'
import { failureOf, type Said } from '../failure-report.ts'
import type { Output, OutputName } from '../output/published.ts'
import { statusJson } from '../render/status-screen.ts'
import { readState } from '../settled-state.ts'
import { askedDesk } from '../asked-desk.ts'
import { type DeskState } from '../state.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'

interface Env {
  readonly Bindings: HttpBindings
  readonly Variables: { readonly bearer?: Bearer }
}
type Request = Asked<Env>

const paths = {
  status: '/api/system/status',
  request: '/api/system/unlock_request',
  approve: '/api/system/unlock_approve',
  health: '/health',
  ready: '/ready',
  metrics: '/metrics',
} as const

/** What may stand in a metric's label. */
export const knownPaths: readonly string[] = Object.values(paths)

export function buildApp(served: Served): Hono<Env> {
  const { context, limits, metrics, log } = served
  const app = new Hono<Env>({ strict: false })
  const inTurn = turnTaking(context)
  app.onError((error, asked) => {
    const said = failureOf(error, false)
    // What breaks because a request broke off in its middle is nobody's bug.
    if (isBrokenOff(asked.env.incoming)) log.warn({ err: error }, 'a request broke off')
    else if (said.exit === exitCodes.bug) log.error({ err: error }, 'a bug in desk')
    const codes: Readonly<Record<string, FailureStatus>> = { 'no-token': 401 }
    return fail(asked, codes[said.code] ?? statusOfFailure(said), said)
  })
  app.notFound((asked) => fail(asked, 404, failures.unknownPath))
  app.use(admission(served))
  app.get(paths.health, (asked) => tell(asked, 'serve-health', { schema: 1, ok: true }))
  app.get(paths.ready, async (asked) => {
    const state = await readState(context)
    const problems = whyNotReady(context, askedDesk(context).stateDir, state)
    return tell(
      asked,
      'serve-ready',
      { schema: 1, ready: problems.length === 0, problems },
      problems.length === 0 ? 200 : 503,
    )
  })
  app.get(paths.status, async (asked) => tell(asked, 'serve-status', toldState(await readState(context))))
  app.get(paths.metrics, async (asked) => {
    const state = await readState(context).catch((error: unknown) => {
      log.warn({ reason: failureOf(error, false).message }, 'the state could not be told')
      return undefined
    })
    return asked.body(await metrics.text(state), 200, { 'content-type': metrics.contentType })
  })
  const limited = bodyLimit({
    maxSize: limits.bodyBytes,
    onError: (asked) => asked.json(errorDocument(failures.tooLong), 413),
  })
  app.post(paths.request, limited, async (asked) => {
    const body = await bodyOf(asked, requestBody)
    const answer = await inTurn(() => requestUnlock(body, asked.get('bearer'), context))
    return 'request' in answer ? tell(asked, 'unlock-request', answer) : tell(asked, 'unlock-statement', answer, 202)
  })
  app.post(paths.approve, limited, async (asked) => {
    const body = await bodyOf(asked, approveBody)
    const answer = await inTurn(() => approveUnlock(body, asked.get('bearer'), context))
    return 'granted' in answer ? tell(asked, 'unlock-approve', answer) : tell(asked, 'unlock-statement', answer, 202)
  })
  const posted: readonly string[] = [killPath, paths.request, paths.approve]
  for (const path of [killPath, ...knownPaths])
    app.all(path, (asked) =>
      fail(asked, 405, failures.wrongMethod, { allow: posted.includes(path) ? 'POST' : 'GET, HEAD' }),
    )
  return app
}

/** Rate, then whether it was meant for us, then who it is. From elsewhere nothing without a token, and nothing loosens without its role. */
function admission({ limits, nowMs, hosts, tokens }: Served): MiddlewareHandler<Env> {
  const rate = limitRate(limits, nowMs)
  return async (asked, next) => {
    const { incoming } = asked.env
    const { host, origin, authorization } = incoming.headers
    const wait = rate.take(incoming.socket.remoteAddress ?? '')
    if (wait !== 'taken') return fail(asked, 429, failures.tooFast, { 'retry-after': String(wait) })
    if (!isOwnHost(host, hosts)) return fail(asked, 421, failures.wrongHost)
    if (!isOwnOrigin(origin, host)) return fail(asked, 403, failures.wrongOrigin)
    const bearer = bearerOf(authorization, tokens)
    const isElsewhere = !('socket' in incoming && isFromHere({ socket: incoming.socket, headers: incoming.headers }))
    if (bearer === undefined && (isElsewhere || authorization !== undefined))
      return fail(asked, 401, failures.noToken, { 'www-authenticate': 'Bearer' })
    const isLoosening = asked.req.method === 'POST'
    if (isLoosening && isElsewhere && bearer?.roles.includes('release') !== true)
      return fail(asked, 403, failures.wrongRole)
    asked.set('bearer', bearer)
    return next()
  }
}

const isBrokenOff = (incoming: Env['Bindings']['incoming']): boolean =>
  'errored' in incoming && incoming.errored instanceof Error

function toldState(state: DeskState): Output<'serve-status'> {
  const { trading, held } = state.read
  return {
    ...statusJson(state),
    kill_switch: trading.state === 'HALTED',
    trading_enabled: trading.state === 'ACTIVE' && held === undefined,
  }
}

/** Whatever the Content-Type says: scripts send JSON as a form. */
async function bodyOf<T>(asked: Request, shape: z.ZodType<T>): Promise<T> {
  let value: unknown
  try {
    value = JSON.parse(await asked.req.text())
  } catch {
    value = undefined
  }
  const { code, exit, message } = failures.notJson
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DeskError(code, exit, message)
  const read = shape.safeParse(value)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new DeskError(
    'bad-body',
    exitCodes.usage,
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`.replace(/^: /, ''),
  )
}

const tell = <K extends OutputName>(
  asked: Request,
  _name: K,
  document: Output<K>,
  status: 200 | 202 | 503 = 200,
): Response => asked.body(`${JSON.stringify(document)}\n`, status, headers)

const fail = (
  asked: Request,
  status: FailureStatus,
  said: Said,
  more: Readonly<Record<string, string>> = {},
): Response => asked.body(`${JSON.stringify(errorDocument(said))}\n`, status, { ...headers, ...more })
