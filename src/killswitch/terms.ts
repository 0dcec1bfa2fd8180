/** The exact terms of a request: what two people agree to. */
import type { Person } from '../model/journal.ts'
import type { Level } from './record.ts'
import { type Token, isToken } from './scope.ts'
import { sha256 } from '../model/sha256.ts'

export interface Terms {
  readonly kind: 'release' | 'promote'
  /** The desk's name, and the host where it was asked: nowhere else can it be approved. */
  readonly desk: string
  readonly host: string
  /** As `nameScope` writes it. */
  readonly scope: string
  /** The halt that is to be released, or the grant in force. */
  readonly epoch: string
  /** What comes into force, the commit last. */
  readonly tokens: readonly Token[]
  readonly to: Level
  readonly requester: string
  readonly reason: string
  /** RFC 3339. */
  readonly requestedAt: string
  readonly expires: string
}
export interface Request {
  readonly id: string
  readonly terms: Terms
  /** SHA-256 over the terms: what exactly is approved. */
  readonly digest: string
  /** How the requester was recognised. */
  readonly via: Person['via']
  /** Armored, over the statement of the request. */
  readonly signature?: string
}

/** Arrays keep the order of fields, which JSON objects do not promise. */
export function digestOf(terms: Terms): string {
  const { kind, desk, host, scope, epoch, tokens, to, requester, reason, requestedAt, expires } = terms
  const ordered = [
    kind,
    desk,
    host,
    scope,
    epoch,
    tokens,
    to.size,
    to.orderRate,
    requester,
    reason,
    requestedAt,
    expires,
  ]
  return sha256(JSON.stringify(ordered))
}

export function isTerms(value: unknown): value is Terms {
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('tokens' in value) || !('to' in value))
    return false
  const { kind, tokens, to } = value
  const texts = ['desk', 'host', 'scope', 'epoch', 'requester', 'reason', 'requestedAt', 'expires'].every(
    (name) => typeof Reflect.get(value, name) === 'string',
  )
  const isLevel =
    typeof to === 'object' &&
    to !== null &&
    'size' in to &&
    'orderRate' in to &&
    typeof to.size === 'number' &&
    typeof to.orderRate === 'number'
  return (
    (kind === 'release' || kind === 'promote') &&
    texts &&
    isLevel &&
    Array.isArray(tokens) &&
    tokens.every((t) => typeof t === 'string' && isToken(t))
  )
}
