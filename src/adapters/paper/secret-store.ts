/**
 * The secret store and what the broker keeps of the same credentials: one list per secret, the broker's view and the store's in one
 * record, so that they cannot disagree about which version is which. No value is kept; a hash stands for it. The kill switch reads
 * this, so it loads Node's own modules only.
 */
import type { Component } from './store.ts'
import { isRecord } from './store.ts'
import { venueIds } from './venue/state.ts'
import { sha256 } from '../../model/sha256.ts'

export interface SecretVersion {
  readonly version: string
  /** Stands for the value. */
  readonly hash: string
  /** RFC 3339, like all moments here. */
  readonly createdAt: string
  /** When the desk begins to use it; absent: nobody has said so yet. May lie in the future. */
  activation?: string
  /** When whoever issued it stopped to accept it. */
  revokedAt?: string
  /** When the store forgot its value. */
  destroyedAt?: string
}
export interface SecretState {
  /** Secret name -> versions, oldest first. */
  secrets: Record<string, SecretVersion[]>
}

/** The name under which the credential of a venue is kept. */
export const brokerSecret = (venue: string): string => `broker-${venue}`

const dayMs = 86_400_000
/** For how long the first credentials have been in use. */
const seededDays = 40

export const secretHash = (name: string, version: string): string => sha256(`secret ${name} ${version}`)

export const secretComponent: Component<SecretState> = {
  name: 'secrets',
  seen: new WeakMap(),
  parse: (value) => (isSecretState(value) ? value : undefined),
  seed: (now) => {
    const createdAt = new Date(now.getTime() - seededDays * dayMs).toISOString()
    const first = (name: string): SecretVersion => ({
      ...{ version: 'v1', hash: secretHash(name, 'v1') },
      ...{ createdAt, activation: createdAt },
    })
    return { secrets: Object.fromEntries(venueIds.map(brokerSecret).map((name) => [name, [first(name)]])) }
  },
}

/** Empty for a secret that nobody has stored. */
export const versionsOf = ({ secrets }: SecretState, name: string): readonly SecretVersion[] =>
  Object.hasOwn(secrets, name) ? (secrets[name] ?? []) : []

/** Adds the next version, without an activation: `v1`, `v2`, ... */
export function addVersion(state: SecretState, name: string, now: Date): SecretVersion {
  const version = `v${String(versionsOf(state, name).length + 1)}`
  const added: SecretVersion = { version, hash: secretHash(name, version), createdAt: now.toISOString() }
  state.secrets[name] = [...versionsOf(state, name), added]
  return added
}

/** The version that the desk uses: of those whose activation has come, the one with the latest. */
export function versionInUse(state: SecretState, name: string, now: Date): SecretVersion | undefined {
  const activeMs = ({ activation }: SecretVersion): number => (activation === undefined ? NaN : Date.parse(activation))
  return versionsOf(state, name)
    .filter((each) => each.destroyedAt === undefined && activeMs(each) <= now.getTime())
    .reduce<SecretVersion | undefined>(
      (latest, each) => (latest === undefined || activeMs(each) >= activeMs(latest) ? each : latest),
      undefined,
    )
}

const isSecretState = (value: unknown): value is SecretState =>
  isRecord(value) &&
  isRecord(value['secrets']) &&
  Object.values(value['secrets']).every((versions) => Array.isArray(versions) && versions.every(isSecretVersion))

const isSecretVersion = (value: unknown): boolean =>
  isRecord(value) &&
  ['version', 'hash', 'createdAt'].every((name) => typeof value[name] === 'string') &&
  ['activation', 'revokedAt', 'destroyedAt'].every((name) => ['string', 'undefined'].includes(typeof value[name]))
