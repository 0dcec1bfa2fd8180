/** The secret store's own view of the credentials: which version becomes active when, and what the running system has loaded. */
import type { Arguments } from '../arguments.ts'
import { intOf, optionalText, textOf } from '../arguments.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler, ReadHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import type { SecretState, SecretVersion } from '../secret-store.ts'
import { secretComponent, versionInUse, versionsOf } from '../secret-store.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import { unmended } from './fault-time.ts'
import { systemComponent } from './system-state.ts'

const dayMs = 86_400_000
/** By how much older the fault of that name makes what was there before it. */
const olderDays = 80

const current = (state: SecretState, name: string, now: Date): SecretVersion =>
  versionInUse(state, name, now) ?? refuse(`no version of a secret ${name} is active`)
const versionOf = (state: SecretState, name: string, version: string): SecretVersion =>
  versionsOf(state, name).find((each) => each.version === version) ?? refuse(`${name} has no version ${version}`)

function stateOf({ version, activation, destroyedAt }: SecretVersion, active: string, now: Date) {
  if (destroyedAt !== undefined) return 'destroyed'
  if (activation === undefined) return 'held'
  if (Date.parse(activation) > now.getTime()) return 'staged'
  return version === active ? 'active' : 'superseded'
}

function rotatedAt({ faults }: World, { activation, createdAt }: SecretVersion): Date {
  const at = new Date(activation ?? createdAt)
  const old = faults.get('secret-old')
  return old !== undefined && at < old ? new Date(at.getTime() - olderDays * dayMs) : at
}

/** Processes read their secrets at activation. Under `secret-not-reloaded` they keep the old one until the system is started anew. */
function loadedAt(world: World): Date {
  const { active, sites } = readComponent(world, systemComponent)
  const since = unmended(world, 'secret-not-reloaded', sites[active].at)
  // What becomes active in the very moment is not loaded any more.
  return since === undefined ? world.now() : new Date(since.getTime() - 1)
}

export const secretReads: Readonly<Record<string, ReadHandler>> = {
  'secrets.metadata': (world, args) => {
    const name = textOf(args, 'name')
    const now = world.now()
    const state = readComponent(world, secretComponent)
    const inForce = current(state, name, now)
    const rotated = rotatedAt(world, inForce)
    return {
      ...{ name, current: inForce.version, rotatedAt: rotated.toISOString() },
      ageDays: Number(((now.getTime() - rotated.getTime()) / dayMs).toFixed(2)),
      versions: versionsOf(state, name).map((each) => ({
        ...{ version: each.version, hash: each.hash, createdAt: each.createdAt },
        ...(each.activation === undefined ? {} : { activation: each.activation }),
        state: stateOf(each, inForce.version, now),
      })),
    }
  },
  'secrets.inUse': (world, args) => {
    const { version, hash } = current(readComponent(world, secretComponent), textOf(args, 'name'), loadedAt(world))
    return { version, hash }
  },
}

function activationAsked(args: Arguments, now: Date): Date {
  const moment = optionalText(args, 'activation')
  if (args['afterMinutes'] === undefined) return new Date(moment ?? now)
  if (moment !== undefined) return refuse('give either a moment of activation or minutes')
  return new Date(now.getTime() + intOf(args, 'afterMinutes') * 60_000)
}

export const secretEffects: Readonly<Record<string, EffectHandler>> = {
  'secrets.put': effectOn(secretComponent, (state, world, args) => {
    const name = textOf(args, 'name')
    const now = world.now()
    const found = versionOf(state, name, textOf(args, 'version'))
    const activation = activationAsked(args, now).toISOString()
    if (found.activation === activation) return { version: found.version, activation }
    const inForce = current(state, name, now).version
    const expected = textOf(args, 'ifCurrent')
    if (inForce !== expected) refuse(`the current version of ${name} is ${inForce}, not ${expected}`)
    if (stateOf(found, inForce, now) !== 'held' && stateOf(found, inForce, now) !== 'staged')
      refuse(`${found.version} of ${name} is ${stateOf(found, inForce, now)}`)
    if (Date.parse(activation) < now.getTime()) refuse(`${activation} is over: a version becomes active now or later`)
    found.activation = activation
    return { version: found.version, activation }
  }),
  'secrets.destroy': effectOn(secretComponent, (state, world, args) => {
    const name = textOf(args, 'name')
    const now = world.now()
    const found = versionOf(state, name, textOf(args, 'version'))
    const what = stateOf(found, current(state, name, now).version, now)
    if (what === 'active' || what === 'staged') refuse(`${found.version} of ${name} is ${what}`)
    found.destroyedAt ??= now.toISOString()
    return { version: found.version }
  }),
}
