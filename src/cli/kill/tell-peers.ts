/** Tells the other hosts of a desk to halt: over HTTP where `desk serve` runs, else by a program. All at once, each with an end, none trusted. */
import { readFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { request as secureRequest } from 'node:https'
import type { PeerConfig } from '../../config/load.ts'
import { realTimer } from '../../adapters/deadline.ts'
import { minimalEnv, runProgram } from '../../adapters/exec/process.ts'
import type { PeerOrder, PeerOutcome } from '../../killswitch/peer.ts'
import { nameScope } from '../../killswitch/scope.ts'
import { exitCodes } from '../../model/failure.ts'
import { killPath } from '../serve/kill-order.ts'

/** A peer cancels and verifies at its venues before it answers. */
const defaultTimeoutMs = 15_000
const mostBytes = 1024 * 1024

/** Never rejects. */
export const tellPeers = (
  peers: readonly PeerConfig[],
  order: PeerOrder,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly PeerOutcome[]> =>
  Promise.all(
    peers.map(async (peer) => {
      try {
        const told = peer.command === undefined ? await ask(peer, order) : await start(peer, peer.command, order, env)
        // Of a live desk every host that is named has one. A host without a paper desk is nothing to be told.
        return told.state === 'absent' && order.profile === 'live' ? { ...told, state: 'unreached' } : told
      } catch (error) {
        return unreached(peer, error instanceof Error ? error.message : String(error))
      }
    }),
  )

const unreached = ({ id }: PeerConfig, reason: string): PeerOutcome => ({ id, state: 'unreached', reason })

interface Answer {
  readonly status: number
  readonly body: string
}

/** Everything is in the first line of the request, so that the peer halts before it reads on; and it is not to tell its own peers. */
async function ask(peer: PeerConfig, { profile, scope, reason }: PeerOrder): Promise<PeerOutcome> {
  const url = new URL(killPath, peer.url)
  url.search = new URLSearchParams({ scope: nameScope(scope), profile, peers: 'false', reason }).toString()
  const token = peer.tokenFile === undefined ? undefined : readFileSync(peer.tokenFile, 'utf8').trim()
  const answer = await post(url, token, peer.timeoutMs ?? defaultTimeoutMs)
  return typeof answer === 'string' ? unreached(peer, answer) : outcomeOf(peer, answer)
}

function post(url: URL, token: string | undefined, timeoutMs: number): Promise<Answer | string> {
  return new Promise((resolve) => {
    const headers = { 'content-length': 0, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    const open = url.protocol === 'https:' ? secureRequest : plainRequest
    const request = open(url, { method: 'POST', headers, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        if (body.length < mostBytes) body += text
      })
      response.on('end', () => {
        end({ status: response.statusCode ?? 0, body })
      })
    })
    const cancel = realTimer(timeoutMs, () => {
      end(`no answer within ${String(timeoutMs)} ms`)
    })
    const end = (answer: Answer | string): void => {
      cancel()
      resolve(answer)
      request.destroy()
    }
    request.on('error', (error) => {
      end(error.message)
    })
    request.end()
  })
}

/** By the document, not by the status alone: whoever answers 200 to everything has halted nothing. */
function outcomeOf(peer: PeerConfig, { status, body }: Answer): PeerOutcome {
  const document = parse(body)
  const error = fieldOf(document, 'error')
  if (error !== undefined) {
    const [message, code] = [fieldOf(error, 'message'), fieldOf(error, 'code')]
    const reason = typeof message === 'string' ? message : `status ${String(status)}`
    return code === 'no-such-desk' ? { id: peer.id, state: 'absent', reason } : unreached(peer, reason)
  }
  const desks = fieldOf(document, 'desks')
  if (!Array.isArray(desks) || desks.length === 0)
    return unreached(peer, `status ${String(status)}, and no word of a desk`)
  const problems = desks.flatMap((desk): readonly unknown[] => {
    const said = fieldOf(desk, 'problems')
    return Array.isArray(said) ? said : []
  })
  const first = problems.find((each) => typeof each === 'string')
  const reason = first === undefined ? {} : { reason: first }
  if (!desks.every((desk) => fieldOf(desk, 'halted') === true)) return { id: peer.id, state: 'not-halted', ...reason }
  return { id: peer.id, state: status === 200 ? 'halted' : 'unverified', ...reason }
}

/** Scopes and profiles are plain words, which no shell on the way takes apart; the reason goes in by standard input. */
async function start(
  peer: PeerConfig,
  command: readonly string[],
  { profile, scope, reason }: PeerOrder,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PeerOutcome> {
  const [file, ...args] = command
  if (file === undefined) return unreached(peer, 'no command is configured')
  const timeoutMs = peer.timeoutMs ?? defaultTimeoutMs
  const late = new AbortController()
  const cancel = realTimer(timeoutMs, () => {
    late.abort()
  })
  const ended = await runProgram({
    file,
    args: [...args, `--profile=${profile}`, `--scope=${nameScope(scope)}`, '--no-peers'],
    env: minimalEnv(env),
    input: JSON.stringify({ scope: nameScope(scope), profile, reason }),
    mostBytes,
    signal: late.signal,
    startTimer: realTimer,
  })
  cancel()
  if (late.signal.aborted) return unreached(peer, `no answer within ${String(timeoutMs)} ms`)
  if (ended.kind === 'not-started') return unreached(peer, ended.reason)
  if (ended.kind === 'killed') return unreached(peer, `it was killed by ${ended.signal}`)
  const { exitCode } = ended
  const words = ended.stderr.text.trim().split('\n').at(-1) ?? ''
  const reasonGiven = `exit code ${String(exitCode)}${words === '' ? '' : `: ${words}`}`
  const state = states.get(exitCode)
  return state === undefined
    ? unreached(peer, reasonGiven)
    : { id: peer.id, state, ...(state === 'halted' ? {} : { reason: reasonGiven }) }
}

/** Exit codes of `desk kill`; any other one tells nothing. */
const states: ReadonlyMap<number, PeerOutcome['state']> = new Map<number, PeerOutcome['state']>([
  [exitCodes.ok, 'halted'],
  [exitCodes.undetermined, 'unverified'],
  [exitCodes.usage, 'unverified'],
  [exitCodes.unreachable, 'unverified'],
  [exitCodes.auditUnwritable, 'unverified'],
  [exitCodes.failed, 'not-halted'],
  [exitCodes.invalidConfiguration, 'absent'],
])

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
