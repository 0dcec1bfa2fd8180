/** Bearer tokens: whose they are and what they allow. Only hashes are kept, and nothing here is ever shown or logged. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { TokenConfig } from '../../config/load.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'

export type TokenRole = TokenConfig['roles'][number]
/** Somebody whose token was recognised. Two tokens of one person are one person. */
export interface Bearer {
  readonly person: string
  readonly roles: readonly TokenRole[]
}
export type Tokens = readonly (Bearer & { readonly hash: Buffer })[]

const shortestTokenChars = 20

/** Throws DeskError `unreadable-token` or `weak-token`: a server without the tokens that were configured must not start. */
export function readTokens(configured: readonly TokenConfig[]): Tokens {
  return configured.map(({ person, roles, sha256, file }) => ({
    person,
    roles,
    hash: sha256 === undefined ? hashOf(tokenIn(file ?? '', person)) : Buffer.from(sha256, 'hex'),
  }))
}

/** Every token is compared, so that the time it takes tells nothing about which one fits. */
export function bearerOf(authorization: string | undefined, tokens: Tokens): Bearer | undefined {
  const given = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1]
  if (given === undefined) return undefined
  const hash = hashOf(given)
  const fitting = tokens.filter((token) => timingSafeEqual(token.hash, hash))
  const [first] = fitting
  return first === undefined ? undefined : { person: first.person, roles: fitting.flatMap(({ roles }) => roles) }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

function tokenIn(file: string, person: string): string {
  let token: string
  try {
    token = readFileSync(file, 'utf8').trim()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DeskError(
      'unreadable-token',
      exitCodes.invalidConfiguration,
      `the token of ${person} cannot be read: ${reason}`,
      'desk config show',
    )
  }
  if (token.length >= shortestTokenChars && /^[\x21-\x7e]+$/.test(token)) return token
  throw new DeskError(
    'weak-token',
    exitCodes.invalidConfiguration,
    `the token of ${person} is too short, or has spaces in it`,
    'openssl rand -hex 32',
  )
}
