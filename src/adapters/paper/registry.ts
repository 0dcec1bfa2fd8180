/** The model registry: versions with the hash they are pinned to, aliases that move by compare-and-set, and what was attested. */
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { moment } from '../../ports/method.ts'
import type { Arguments } from './arguments.ts'
import { optionalText, textOf } from './arguments.ts'
import { PaperFailure, refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import type { Component, Place } from './store.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

const version = z.strictObject({
  version: z.string(),
  /** Stands for the weights: its SHA-256 is what hosts report. */
  artefact: z.string(),
  pinnedHash: z.string(),
  /** Before it ever is, and after it has been, in production. */
  restingStatus: z.enum(['staging', 'retired']),
  createdAt: moment,
  tags: z.array(z.string()),
  gatesPassed: z.int(),
  committeeApproved: z.boolean(),
  label: z.enum(['retire', 'retrain', 'refit', 'none']),
})
const registryState = z.strictObject({
  model: z.string(),
  versions: z.array(version),
  aliases: z.record(z.string(), z.strictObject({ version: z.string(), since: moment })),
})
type RegistryState = z.infer<typeof registryState>
type Version = z.infer<typeof version>

export const paperModel = 'signal'
export const previousVersion = 'v1.3.2'
export const productionVersion = 'v1.4.0'
const candidateVersion = 'v1.5.0'

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')
const daysBefore = (now: Date, days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString()

export const registryComponent: Component<RegistryState> = {
  name: 'registry',
  parse: (value) => registryState.safeParse(value).data,
  seed: (now) => {
    const passed = { gatesPassed: 15, committeeApproved: true, label: 'refit', tags: [] } as const
    const make = (name: string, restingStatus: Version['restingStatus'], createdAt: string): Version => {
      const artefact = `weights of ${paperModel} ${name}`
      return { version: name, artefact, pinnedHash: hashOf(artefact), restingStatus, createdAt, ...passed, tags: [] }
    }
    return {
      model: paperModel,
      versions: [
        make(previousVersion, 'retired', daysBefore(now, 200)),
        make(productionVersion, 'retired', daysBefore(now, 100)),
        make(candidateVersion, 'staging', daysBefore(now, 5)),
      ],
      aliases: {
        last_stable: { version: previousVersion, since: daysBefore(now, 90) },
        production: { version: productionVersion, since: daysBefore(now, 90) },
        candidate: { version: candidateVersion, since: daysBefore(now, 5) },
      },
    }
  },
}

export interface Production {
  readonly version: string
  readonly hash: string
  readonly since: Date
}

/** What production points to, as kept; whether the registry can be reached is the caller's business. */
export function readProduction(place: Place): Production {
  const state = readComponent(place, registryComponent)
  const alias = aliasOf(state, 'production')
  const { pinnedHash } = versionOf(state, alias.version)
  return { version: alias.version, hash: pinnedHash, since: new Date(alias.since) }
}

export const hashOfVersion = (place: Place, name: string): string =>
  versionOf(readComponent(place, registryComponent), name).pinnedHash

const aliasOf = (state: RegistryState, alias: string) =>
  Object.hasOwn(state.aliases, alias)
    ? (state.aliases[alias] ?? refuse(`there is no alias ${alias}`))
    : refuse(`there is no alias ${alias}`)
const versionOf = (state: RegistryState, name: string): Version =>
  state.versions.find((known) => known.version === name) ?? refuse(`there is no version ${name} of ${state.model}`)

export function requireRegistry({ faults }: World): void {
  if (faults.has('registry-unreachable'))
    throw new PaperFailure('paper-unreachable', 'the registry refuses connections', true)
}

function open(world: World, args: Arguments): RegistryState {
  requireRegistry(world)
  const state = readComponent(world, registryComponent)
  requireModel(args)
  return state
}

export function requireModel(args: Arguments): void {
  const model = textOf(args, 'model')
  if (model !== paperModel) refuse(`there is no model ${model}`)
}

function describe(state: RegistryState, { version: name, pinnedHash, restingStatus, createdAt }: Version) {
  const status = aliasOf(state, 'production').version === name ? 'production' : restingStatus
  return { model: state.model, version: name, hash: pinnedHash, status, createdAt }
}

export const registryReads: Readonly<Record<string, ReadHandler>> = {
  'registry.getVersion': (world, args) => {
    const state = open(world, args)
    return describe(state, versionOf(state, textOf(args, 'version')))
  },
  'registry.getVersionByAlias': (world, args) => {
    const state = open(world, args)
    return describe(state, versionOf(state, aliasOf(state, textOf(args, 'alias')).version))
  },
  'registry.verifyVersion': (world, args) => {
    const state = open(world, args)
    const alias = optionalText(args, 'alias')
    const named = optionalText(args, 'version')
    if ((alias === undefined) === (named === undefined)) return refuse('give either an alias or a version')
    const found = versionOf(state, named ?? aliasOf(state, alias ?? '').version)
    return {
      ...describe(state, found),
      hash: hashOf(found.artefact),
      reachable: true,
      pinnedHash: found.pinnedHash,
      replaces: aliasOf(state, 'production').version,
    }
  },
  'registry.attestations': (world, args) => {
    const { gatesPassed, committeeApproved, label } = versionOf(open(world, args), textOf(args, 'version'))
    return { gatesPassed, committeeApproved, label }
  },
}

export const registryEffects: Readonly<Record<string, EffectHandler>> = {
  'registry.setAlias': effectOn(registryComponent, (state, world, args) => {
    requireRegistry(world)
    requireModel(args)
    const alias = textOf(args, 'alias')
    const target = versionOf(state, textOf(args, 'version'))
    const current = aliasOf(state, alias).version
    const expected = textOf(args, 'ifCurrent')
    if (current !== expected) return refuse(`${alias} points to ${current}, not ${expected}`)
    if (alias === 'production' && current !== target.version) versionOf(state, current).restingStatus = 'retired'
    if (current !== target.version) state.aliases[alias] = { version: target.version, since: world.now().toISOString() }
    return { version: target.version, hash: target.pinnedHash }
  }),
  'registry.setTag': effectOn(registryComponent, (state, world, args) => {
    requireRegistry(world)
    requireModel(args)
    const tag = textOf(args, 'tag')
    const target = versionOf(state, textOf(args, 'version'))
    if (!target.tags.includes(tag)) target.tags.push(tag)
    return { tag }
  }),
}
