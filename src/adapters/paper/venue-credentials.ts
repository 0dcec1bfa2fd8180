/** The credentials of the desk at a paper venue, as the broker's own web site lists them, and the balance that they let the desk read. */
import type { Arguments } from './arguments.ts'
import { optionalText, textOf } from './arguments.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import type { SecretState, SecretVersion } from './secret-store.ts'
import { addVersion, brokerSecret, secretComponent, versionInUse, versionsOf } from './secret-store.ts'
import { readComponent } from './store.ts'
import { reading, requireAnswer, venueOf } from './venue-access.ts'
import { cashOf, currency } from './venue/cash.ts'
import type { World } from './world.ts'

const statusOf = ({ activation, revokedAt }: SecretVersion, now: Date): 'active' | 'staged' | 'revoked' => {
  if (revokedAt !== undefined) return 'revoked'
  return activation !== undefined && Date.parse(activation) <= now.getTime() ? 'active' : 'staged'
}

/** The one in use was used just now; another one until its successor took over. */
function lastUsedAt(versions: readonly SecretVersion[], { version, activation, revokedAt }: SecretVersion, now: Date) {
  const nowMs = now.getTime()
  if (activation === undefined || Date.parse(activation) > nowMs) return {}
  const sinceMs = Date.parse(activation)
  const ends = [
    ...versions.filter((each) => each.version !== version).map((each) => each.activation),
    revokedAt,
  ].flatMap((moment) => (moment !== undefined && Date.parse(moment) >= sinceMs ? [Date.parse(moment)] : []))
  return { lastUsedAt: new Date(Math.min(nowMs, ...ends)).toISOString() }
}

/** The web site answers, with a login of its own, whatever becomes of the credentials. */
const onSite = (
  change: (state: SecretState, name: string, world: World, args: Arguments) => unknown,
): EffectHandler => {
  const handler = effectOn(secretComponent, (state, world, args) =>
    change(state, brokerSecret(venueOf(world, args)), world, args),
  )
  return {
    act: async (world, args, key, method) => {
      requireAnswer(world, venueOf(world, args))
      return handler.act(world, args, key, method)
    },
    lookup: handler.lookup,
  }
}

export const venueCredentialReads: Readonly<Record<string, ReadHandler>> = {
  'venue.fetchBalance': reading((state, venue, world, args) => {
    const inUse = versionInUse(readComponent(world, secretComponent), brokerSecret(venue), world.now())
    const credential = optionalText(args, 'credential') ?? inUse?.version ?? ''
    return { venue, cash: cashOf(state), currency, credential }
  }),
  'venue.listCredentials': (world, args) => {
    const venue = venueOf(world, args)
    requireAnswer(world, venue)
    const versions = versionsOf(readComponent(world, secretComponent), brokerSecret(venue))
    const now = world.now()
    const credentials = versions.map((each) => ({
      ...{ version: each.version, hash: each.hash, status: statusOf(each, now), createdAt: each.createdAt },
      ...lastUsedAt(versions, each, now),
    }))
    return { venue, credentials }
  },
}

export const venueCredentialEffects: Readonly<Record<string, EffectHandler>> = {
  'venue.createCredential': onSite((state, name, world) => {
    const { version, hash } = addVersion(state, name, world.now())
    return { version, hash }
  }),
  'venue.revokeCredential': onSite((state, name, world, args) => {
    const version = textOf(args, 'version')
    const found = versionsOf(state, name).find((each) => each.version === version)
    if (found === undefined) return refuse(`${name} has no version ${version}`)
    if (versionInUse(state, name, world.now()) === found) return refuse(`${version} is the version of ${name} in use`)
    found.revokedAt ??= world.now().toISOString()
    return { version, status: 'revoked' }
  }),
}
