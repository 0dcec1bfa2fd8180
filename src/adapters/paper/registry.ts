/** The model registry: versions with the hash they are pinned to, aliases that move by compare-and-set, and what was attested. */
import type { Arguments } from './arguments.ts'
import { booleanOf, intOf, optionalText, textOf } from './arguments.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { currentLabel, labelEffect, labelReads } from './labels.ts'
import type { RegistryState, Version } from './registry-state.ts'
import {
  aliasOf,
  dataHashOf,
  registryComponent,
  requireModel,
  requireRegistry,
  trainedOn,
  versionOf,
} from './registry-state.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'
import { sha256 } from '../../model/sha256.ts'

function open(world: World, args: Arguments): RegistryState {
  requireRegistry(world)
  const state = readComponent(world, registryComponent)
  requireModel(args)
  return state
}

/** An effect on the registry, which has to be reached for it. */
const changing = (change: (state: RegistryState, world: World, args: Arguments) => unknown): EffectHandler =>
  effectOn(registryComponent, (state, world, args) => {
    requireRegistry(world)
    requireModel(args)
    return change(state, world, args)
  })

const statusOf = (state: RegistryState, { version, restingStatus }: Version) =>
  aliasOf(state, 'production').version === version ? 'production' : restingStatus

const describe = (state: RegistryState, version: Version) => ({
  model: state.model,
  version: version.version,
  hash: version.pinnedHash,
  status: statusOf(state, version),
  createdAt: version.createdAt,
})

function registered(state: RegistryState, version: Version) {
  const { from, to } = trainedOn(version)
  return {
    ...describe(state, version),
    modelId: `${state.model}_${version.version}`,
    createdBy: version.createdBy,
    metrics: version.metrics,
    artifactPath: `models/${state.model}_${version.version}.bin`,
    configHash: sha256(`training configuration of ${version.features.join(' ')}`),
    dataHash: dataHashOf(version),
    features: version.features,
    trainedFrom: from,
    trainedTo: to,
  }
}

export const registryReads: Readonly<Record<string, ReadHandler>> = {
  'registry.getVersion': (world, args) => {
    const state = open(world, args)
    return registered(state, versionOf(state, textOf(args, 'version')))
  },
  'registry.listVersions': (world, args) => {
    const state = open(world, args)
    const oldestFirst = state.versions.toSorted((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt))
    return { versions: oldestFirst.map((version) => registered(state, version)) }
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
      hash: sha256(found.artefact),
      reachable: true,
      pinnedHash: found.pinnedHash,
      replaces: aliasOf(state, 'production').version,
    }
  },
  'registry.attestations': (world, args) => {
    const found = versionOf(open(world, args), textOf(args, 'version'))
    const { gatesPassed, committeeApproved } = found
    const { label, current } = currentLabel(world, found)
    return { gatesPassed, committeeApproved, label: current ? label : 'none' }
  },
  'registry.events': (world, args) => {
    const { events } = open(world, args)
    const [event, sinceMs] = [textOf(args, 'event'), world.now().getTime() - intOf(args, 'days') * 86_400_000]
    const found = events.filter((each) => each.event === event && Date.parse(each.at) >= sinceMs)
    return { count: found.length, events: found.map(({ at, text }) => ({ at, text })) }
  },
  ...labelReads,
}

export const registryEffects: Readonly<Record<string, EffectHandler>> = {
  'registry.setAlias': changing((state, world, args) => {
    const alias = textOf(args, 'alias')
    const target = versionOf(state, textOf(args, 'version'))
    const current = aliasOf(state, alias).version
    const expected = versionOf(state, textOf(args, 'ifCurrent')).version
    if (current !== expected) return refuse(`${alias} points to ${current}, not ${expected}`)
    if (alias === 'production' && current !== target.version) versionOf(state, current).restingStatus = 'retired'
    if (current !== target.version) state.aliases[alias] = { version: target.version, since: world.now().toISOString() }
    return { version: target.version, hash: target.pinnedHash }
  }),
  'registry.setTag': changing((state, _world, args) => {
    const tag = textOf(args, 'tag')
    const target = versionOf(state, textOf(args, 'version'))
    if (!target.tags.includes(tag)) target.tags.push(tag)
    return { tag }
  }),
  'registry.attest': changing((state, _world, args) => {
    const target = versionOf(state, textOf(args, 'version'))
    target.gatesPassed = intOf(args, 'gatesPassed')
    target.committeeApproved = booleanOf(args, 'committeeApproved')
    return { gatesPassed: target.gatesPassed, committeeApproved: target.committeeApproved }
  }),
  'registry.archive': changing((state, world, args) => {
    const target = versionOf(state, textOf(args, 'version'))
    if (statusOf(state, target) === 'production') return refuse(`${target.version} is in production`)
    if (textOf(args, 'dataHash') !== dataHashOf(target)) return refuse('the training data have another hash')
    const { from, to } = trainedOn(target)
    if (textOf(args, 'from') !== from || (optionalText(args, 'to') ?? to) !== to)
      return refuse(`${target.version} was trained on ${from} to ${to}`)
    target.restingStatus = 'retired'
    target.archivedAt ??= world.now().toISOString()
    return { version: target.version, status: target.restingStatus }
  }),
  'registry.addEvent': changing((state, world, args) => {
    const event = textOf(args, 'event')
    state.events.push({ event, text: textOf(args, 'text'), at: world.now().toISOString() })
    return { count: state.events.filter((each) => each.event === event).length }
  }),
  'registry.label': labelEffect,
}
