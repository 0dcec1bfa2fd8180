/** What a halt or a hold is about: the whole desk, a venue, a model or a symbol. Names are checked here before they become file names. */
import { isScopeId } from './gate.ts'

export type Scope = { readonly kind: 'all' } | { readonly kind: 'venue' | 'model' | 'symbol'; readonly id: string }
export type HoldKind = 'no-new' | 'reduce-only'

/** Files whose presence permits something. `reduce…` lets reductions pass where its greater brother is missing. */
export type Token =
  | 'trade'
  | 'open'
  | 'half'
  | 'full'
  | 'rate-half'
  | 'rate-full'
  | 'session'
  | 'unheld'
  | 'reduce'
  | `venue=${string}`
  | `model=${string}`
  | `reduce-venue=${string}`
  | `reduce-model=${string}`

const plain: readonly string[] = [
  'trade',
  'open',
  'half',
  'full',
  'rate-half',
  'rate-full',
  'session',
  'unheld',
  'reduce',
]

export function isToken(text: string): text is Token {
  if (plain.includes(text)) return true
  const match = /^(?:reduce-)?(?:venue|model)=(.+)$/.exec(text)
  return match?.[1] !== undefined && isScopeId(match[1])
}

/** `all` (or `desk`), `venue:X`, `model:Y`, `symbol:S`; undefined for anything else. Symbols are compared in upper case. */
export function parseScope(text: string): Scope | undefined {
  if (text === 'all' || text === 'desk') return { kind: 'all' }
  const at = text.indexOf(':')
  const kind = text.slice(0, at)
  const id = text.slice(at + 1)
  if (at < 0 || !isScopeId(id)) return undefined
  if (kind === 'symbol') return { kind, id: id.toUpperCase() }
  return kind === 'venue' || kind === 'model' ? { kind, id } : undefined
}

export const nameScope = (scope: Scope): string => (scope.kind === 'all' ? 'all' : `${scope.kind}:${scope.id}`)

/** What a halt of this scope takes away. A symbol has no permission of its own: it is denied by a mark. */
export function tokensOfHalt(scope: Scope): readonly Token[] {
  if (scope.kind === 'all') return ['trade', 'open', 'half', 'full']
  return tokensOfHold(scope, 'no-new')
}

/** What a hold takes away: everything, or all but reductions. */
export function tokensOfHold(scope: Scope, kind: HoldKind): readonly Token[] {
  if (scope.kind === 'symbol') return []
  const greater: Token = scope.kind === 'all' ? 'unheld' : `${scope.kind}=${scope.id}`
  const lesser: Token = scope.kind === 'all' ? 'reduce' : `reduce-${scope.kind}=${scope.id}`
  return kind === 'no-new' ? [greater, lesser] : [greater]
}
