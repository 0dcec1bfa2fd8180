/** Backups that a job makes by the clock, those made by hand, and cold storage. What an item holds follows from its name. */
import * as z from 'zod'
import { localDate } from '../../../calendar/zone.ts'
import { moment } from '../../../ports/method.ts'
import { textOf } from '../arguments.ts'
import { refuse } from '../failure.ts'
import type { ReadHandler } from '../handler.ts'
import { noiseOf } from '../noise.ts'
import { registryComponent } from '../registry-state.ts'
import { storageComponent } from '../storage.ts'
import type { Component } from '../store.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import { once } from '../../../model/once.ts'
import { sha256 } from '../../../model/sha256.ts'

export const backupKinds = ['positions', 'configuration', 'audit', 'database'] as const
const coldKinds = ['model', 'features'] as const
const kinds = [...backupKinds, ...coldKinds] as const
export type StoredKind = (typeof kinds)[number]
export const storedKindOf = (text: string): StoredKind =>
  kinds.find((known) => known === text) ?? refuse(`nothing of kind ${text} is stored`)

const backupState = once(() =>
  z.strictObject({
    made: z.array(z.strictObject({ kind: z.enum(kinds), at: moment })),
    restored: z.array(z.strictObject({ name: z.string(), kind: z.enum(kinds), at: moment })),
  }),
)
export const backupComponent: Component<z.infer<ReturnType<typeof backupState>>> = {
  name: 'backups',
  parse: (value) => backupState().safeParse(value).data,
  seed: () => ({ made: [], restored: [] }),
}

const minuteMs = 60_000
const dayMs = 1440 * minuteMs
/** Minutes between two runs of the job, and days for which a backup is kept. */
const schedule = {
  positions: { frequencyMinutes: 15, retentionDays: 30 },
  configuration: { frequencyMinutes: 1440, retentionDays: 90 },
  audit: { frequencyMinutes: 1440, retentionDays: 2557 },
  database: { frequencyMinutes: 60, retentionDays: 7 },
} as const
const listed = 5
/** How many runs the job had missed when the fault was noticed. */
const missedRuns = 3
const testedWithinDays = 31
const testedDaysAgo = { usual: 12, untested: 45 } as const

export interface Stored {
  readonly name: string
  readonly kind: StoredKind
  readonly at: Date
  readonly sha256: string
}
export const storedName = (kind: StoredKind, at: Date): string => `${kind}-${at.toISOString()}`
const storedAt = (kind: StoredKind, at: Date): Stored => {
  const name = storedName(kind, at)
  return { name, kind, at, sha256: sha256(`backup ${name}`) }
}

/** The last runs of the job, newest first. */
function automatic(world: World, kind: (typeof backupKinds)[number]): readonly Stored[] {
  const everyMs = schedule[kind].frequencyMinutes * minuteMs
  const stale = world.faults.get('backup-stale')
  const untilMs = stale === undefined ? world.now().getTime() : stale.getTime() - missedRuns * everyMs
  const latestMs = Math.floor(untilMs / everyMs) * everyMs
  return Array.from({ length: listed }, (_, index) => storedAt(kind, new Date(latestMs - index * everyMs)))
}

const featureVersions = ['v2.2.0', 'v2.3.0'] as const
const featureAgeDays = 60

function coldStorage(world: World, kind: (typeof coldKinds)[number]): readonly Stored[] {
  if (kind === 'model')
    return readComponent(world, registryComponent).versions.map(({ version, pinnedHash, createdAt }) => ({
      ...{ name: `model-${version}`, kind, at: new Date(createdAt), sha256: pinnedHash },
    }))
  const at = new Date(Math.floor(world.now().getTime() / dayMs - featureAgeDays) * dayMs)
  return featureVersions.map((version) => ({
    ...{ name: `features-${version}`, kind, at, sha256: sha256(`features ${version}`) },
  }))
}

/** Newest first. */
export function storedOf(world: World, kind: StoredKind): readonly Stored[] {
  const { made } = readComponent(world, backupComponent)
  const byHand = made.filter((each) => each.kind === kind).map(({ at }) => storedAt(kind, new Date(at)))
  const others = kind === 'model' || kind === 'features' ? coldStorage(world, kind) : automatic(world, kind)
  const all = new Map([...others, ...byHand].map((each) => [each.name, each]))
  return [...all.values()].sort((a, b) => b.at.getTime() - a.at.getTime())
}

export const findStored = (world: World, name: string): Stored =>
  kinds.flatMap((kind) => storedOf(world, kind)).find((each) => each.name === name) ??
  refuse(`nothing is stored as ${name}`)

/** What was stored before the fault is damaged. */
export const isDamaged = ({ faults }: World, { at }: Stored): boolean => {
  const since = faults.get('backup-corrupt')
  return since !== undefined && at <= since
}

function describeBackups(world: World, kind: (typeof backupKinds)[number]) {
  const { frequencyMinutes, retentionDays } = schedule[kind]
  const nowMs = world.now().getTime()
  const latestAt = storedOf(world, kind)[0]?.at ?? refuse(`there is no backup of ${kind}`)
  const ageMinutes = Number(((nowMs - latestAt.getTime()) / minuteMs).toFixed(1))
  const testedAt = readComponent(world, backupComponent).restored.findLast((each) => each.kind === kind)?.at
  const daysAgo = world.faults.has('restore-untested') ? testedDaysAgo.untested : testedDaysAgo.usual
  const testedMs = testedAt === undefined ? nowMs - daysAgo * dayMs : Date.parse(testedAt)
  return {
    ...{ kind, latestAt: latestAt.toISOString(), ageMinutes, frequencyMinutes, retentionDays },
    restoreTestedAt: new Date(testedMs).toISOString(),
    fresh: ageMinutes <= 1.5 * frequencyMinutes,
    tested: nowMs - testedMs <= testedWithinDays * dayMs,
  }
}

const bytesOf = (name: string): number => 20_000 + Math.floor(noiseOf(`bytes ${name}`) * 900_000)

export const backupReads: Readonly<Record<string, ReadHandler>> = {
  'storage.list': (world, args) => {
    const kind = textOf(args, 'kind')
    const items =
      kind === 'report'
        ? readComponent(world, storageComponent).files.map(({ name, at, sha256, text }) => ({
            ...{ name, at, sha256, bytes: Buffer.byteLength(text) },
          }))
        : storedOf(world, storedKindOf(kind)).map(({ name, at, sha256 }) => ({
            ...{ name, at: at.toISOString(), sha256, bytes: bytesOf(name) },
          }))
    return { count: items.length, items }
  },
  'storage.verify': (world, args) => {
    const stored = findStored(world, textOf(args, 'name'))
    const whole = !isDamaged(world, stored)
    const { name, kind } = stored
    const hash = whole ? stored.sha256 : sha256(`damaged ${name}`)
    const predicts = kind === 'model' || kind === 'features' ? { predicts: whole } : {}
    return { name, sha256: hash, matches: whole, loads: whole, ...predicts }
  },
  'storage.backups': (world) => {
    const rows = backupKinds.map((kind) => describeBackups(world, kind))
    return {
      stale: rows.filter(({ fresh }) => !fresh).length,
      untested: rows.filter(({ tested }) => !tested).length,
      rows,
    }
  },
  'storage.pickRandom': (world, args) => {
    const kind = storedKindOf(textOf(args, 'kind'))
    const all = storedOf(world, kind)
    const date = localDate(world.calendar.zone, world.now().getTime())
    const { name, sha256 } = all[Math.floor(noiseOf(`${kind} ${date}`) * all.length)] ?? refuse(`no ${kind} is stored`)
    return { name, sha256 }
  },
}
