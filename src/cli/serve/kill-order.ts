/** What a request to halt asks for. Nothing in it can keep the halt from happening: what is not understood halts everything. */
import { nameScope, parseScope, type Scope } from '../../killswitch/scope.ts'

export interface KillOrder {
  readonly scope: Scope
  /** Some scope was given, even if it makes no sense. */
  readonly isNamed: boolean
  readonly reason: string
  readonly flatten: boolean
  /** False where a peer asks, which tells the other hosts itself. */
  readonly peers: boolean
  /** Desks of this profile only; absent: all that this server is about. */
  readonly profile?: 'paper' | 'live'
  /** Told after the halt. */
  readonly misuse: readonly string[]
}

export const killPath = '/api/system/kill_switch'
const longestReasonChars = 1000

/** Whether the request line means the kill switch, however it spells it. `target` as it stands in the request. */
export function isKillTarget(method: string | undefined, target: string | undefined): boolean {
  return method === 'POST' && pathOf(target ?? '') === killPath
}

/** Slashes at the end, a query, a whole address: the same path. */
export function pathOf(target: string): string {
  const path = target.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '')
  return path.length > 1 ? path.replace(/\/+$/, '') : path
}

/** `target` as it stands in the request; `body` is undefined where it did not come whole. */
export function readKillOrder(target: string, body: string | undefined): KillOrder {
  const query = new URLSearchParams(/\?([^#]*)/.exec(target)?.[1] ?? '')
  const { fields, isWhole, problems } = fieldsOf(body)
  const misuse = [...problems]
  const named: readonly unknown[] = [...query.getAll('scope'), ...('scope' in fields ? [fields['scope']] : [])]
  const scope = oneScope(named)
  if (scope === undefined)
    misuse.push(
      `unknown scope ${named
        .map((each) => JSON.stringify(each))
        .join(', ')
        .slice(0, 200)}: everything was halted`,
    )
  const reason = fields['reason'] ?? query.get('reason') ?? ''
  if (typeof reason !== 'string') misuse.push('reason has to be a text')
  const flatten = fields['flatten'] ?? query.get('flatten') ?? false
  const isFlat = flatten === true || flatten === 'true'
  if (!isFlat && flatten !== false && flatten !== 'false')
    misuse.push('flatten is true or false: nothing was flattened')
  const peers = fields['peers'] ?? query.get('peers') ?? true
  const profile = fields['profile'] ?? query.get('profile')
  return {
    scope: isWhole && scope !== undefined ? scope : { kind: 'all' },
    isNamed: named.length > 0,
    reason: typeof reason === 'string' ? reason.slice(0, longestReasonChars) : '',
    flatten: isFlat,
    // In doubt the others are told as well.
    peers: peers !== false && peers !== 'false',
    ...(profile === 'paper' || profile === 'live' ? { profile } : {}),
    misuse,
  }
}

/** Everything where none is named; undefined for one that makes no sense, and for several. */
function oneScope(named: readonly unknown[]): Scope | undefined {
  const scopes = named.map((each) => (typeof each === 'string' ? parseScope(each) : undefined))
  const [first] = scopes
  if (named.length === 0) return { kind: 'all' }
  const isOne = scopes.every(
    (each) => each !== undefined && first !== undefined && nameScope(each) === nameScope(first),
  )
  return isOne ? first : undefined
}

interface Fields {
  readonly fields: Readonly<Record<string, unknown>>
  readonly isWhole: boolean
  readonly problems: readonly string[]
}
/** `operator` is what scripts send: who it was is told by a token alone. */
const known = ['scope', 'reason', 'flatten', 'peers', 'profile', 'operator']

function fieldsOf(body: string | undefined): Fields {
  const broken = (problem: string): Fields => ({
    fields: {},
    isWhole: false,
    problems: [`${problem}: everything was halted`],
  })
  if (body === undefined) return broken('the body did not come whole')
  if (body.trim() === '') return { fields: {}, isWhole: true, problems: [] }
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return broken('the body is no JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return broken('the body is no JSON object')
  const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(value))
  const problems = Object.keys(fields)
    .filter((key) => !known.includes(key))
    .slice(0, 5)
    .map((key) => `unknown key ${JSON.stringify(key.slice(0, 64))}`)
  return { fields, isWhole: true, problems }
}
