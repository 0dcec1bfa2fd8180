/** What the model registry keeps, and how versions are found in it. */
import * as z from 'zod'
import { moment } from '../../ports/method.ts'
import type { Arguments } from './arguments.ts'
import { textOf } from './arguments.ts'
import { PaperFailure, refuse } from './failure.ts'
import { productionFeatures } from './feature-set.ts'
import type { Component, Place } from './store.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'
import { once } from '../../model/once.ts'
import { sha256 } from '../../model/sha256.ts'

export const labels = ['retire', 'retrain', 'refit'] as const
const metrics = once(() => z.strictObject({ sharpe: z.number(), drawdown: z.number(), winRate: z.number() }))

const version = once(() =>
  z.strictObject({
    version: z.string(),
    /** Stands for the weights: its SHA-256 is what hosts report. */
    artefact: z.string(),
    pinnedHash: z.string(),
    /** Before it ever is, and after it has been, in production. */
    restingStatus: z.enum(['staging', 'retired']),
    createdAt: moment,
    createdBy: z.string().default('training-pipeline'),
    tags: z.array(z.string()),
    gatesPassed: z.int(),
    committeeApproved: z.boolean(),
    label: z.enum([...labels, 'none']),
    /** Absent: when the version was made. */
    labelledAt: moment.optional(),
    metrics: metrics().default({ sharpe: 1.5, drawdown: 0.09, winRate: 0.53 }),
    features: z.array(z.string()).default(productionFeatures.map(({ feature }) => feature)),
    /** Absent: a year that ended with the day on which the version was made. */
    trainedFrom: z.iso.date().optional(),
    trainedTo: z.iso.date().optional(),
    archivedAt: moment.optional(),
  }),
)
const registryState = once(() =>
  z.strictObject({
    model: z.string(),
    versions: z.array(version()),
    aliases: z.record(z.string(), z.strictObject({ version: z.string(), since: moment })),
    events: z.array(z.strictObject({ event: z.string(), text: z.string(), at: moment })).default([]),
  }),
)
export type RegistryState = z.infer<ReturnType<typeof registryState>>
export type Version = z.infer<ReturnType<typeof version>>

export const paperModel = 'signal'
export const previousVersion = 'v1.3.2'
export const productionVersion = 'v1.4.0'
const candidateVersion = 'v1.5.0'
/** Calendar days of training data. */
const trainingDays = 365

const daysBefore = (now: Date, days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString()
const dateBefore = (now: Date, days: number): string => daysBefore(now, days).slice(0, 10)

/** Noon of the quarter's first day: labels are given at the start of a quarter. */
function quarterStart(now: Date): string {
  const first = new Date(Date.UTC(now.getUTCFullYear(), Math.floor(now.getUTCMonth() / 3) * 3, 1, 17)).toISOString()
  return first < now.toISOString() ? first : now.toISOString()
}

export const artefactOf = (name: string): string => `weights of ${paperModel} ${name}`

const made = [
  [previousVersion, 'retired', 200, { sharpe: 1.48, drawdown: 0.094, winRate: 0.528 }],
  [productionVersion, 'retired', 100, { sharpe: 1.55, drawdown: 0.087, winRate: 0.534 }],
  [candidateVersion, 'staging', 5, { sharpe: 1.64, drawdown: 0.082, winRate: 0.541 }],
] as const

export const registryComponent: Component<RegistryState> = {
  name: 'registry',
  seen: new WeakMap(),
  parse: (value) => registryState().safeParse(value).data,
  seed: (now) => ({
    model: paperModel,
    versions: made.map(([name, restingStatus, daysAgo, measured]) => ({
      version: name,
      artefact: artefactOf(name),
      pinnedHash: sha256(artefactOf(name)),
      restingStatus,
      createdAt: daysBefore(now, daysAgo),
      createdBy: 'training-pipeline',
      tags: [],
      gatesPassed: 15,
      committeeApproved: true,
      label: 'refit',
      labelledAt: quarterStart(now),
      metrics: { ...measured },
      features: productionFeatures.map(({ feature }) => feature),
      trainedFrom: dateBefore(now, daysAgo + trainingDays),
      trainedTo: dateBefore(now, daysAgo),
    })),
    aliases: {
      last_stable: { version: previousVersion, since: daysBefore(now, 90) },
      production: { version: productionVersion, since: daysBefore(now, 90) },
      candidate: { version: candidateVersion, since: daysBefore(now, 5) },
    },
    events: [],
  }),
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

/** One version as kept, by its name or by its name without the date. */
export const readVersion = (place: Place, name: string): Version =>
  versionOf(readComponent(place, registryComponent), name)

export const hashOfVersion = (place: Place, name: string): string => readVersion(place, name).pinnedHash

export const aliasOf = (state: RegistryState, alias: string): RegistryState['aliases'][string] =>
  Object.hasOwn(state.aliases, alias)
    ? (state.aliases[alias] ?? refuse(`there is no alias ${alias}`))
    : refuse(`there is no alias ${alias}`)

/** `v1.6.0` stands for `v1.6.0-20261119` where only one version begins so. */
export function versionOf(state: RegistryState, name: string): Version {
  const exact = state.versions.find((known) => known.version === name)
  const dated = state.versions.filter((known) => known.version.startsWith(`${name}-`))
  return exact ?? (dated.length === 1 ? dated[0] : undefined) ?? refuse(`there is no version ${name} of ${state.model}`)
}

type Training = Pick<Version, 'features' | 'trainedFrom' | 'trainedTo' | 'createdAt'>

/** First and last day of the training data. */
export const trainedOn = ({ trainedFrom, trainedTo, createdAt }: Training): { from: string; to: string } => ({
  from: trainedFrom ?? dateBefore(new Date(createdAt), trainingDays),
  to: trainedTo ?? createdAt.slice(0, 10),
})

/** Of the training data: features and days. */
export function dataHashOf(version: Training): string {
  const { from, to } = trainedOn(version)
  return sha256(JSON.stringify([[...version.features].sort(), from, to]))
}

export function requireRegistry({ faults }: World): void {
  if (faults.has('registry-unreachable'))
    throw new PaperFailure('paper-unreachable', 'the registry refuses connections', true)
}

export function requireModel(args: Arguments): void {
  const model = textOf(args, 'model')
  if (model !== paperModel) refuse(`there is no model ${model}`)
}
