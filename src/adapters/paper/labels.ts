/** The quarterly decision about each version: retire, retrain or refit. Without this quarter's one no version lives on. */
import { localDate } from '../../calendar/zone.ts'
import { textOf } from './arguments.ts'
import { refuse } from './failure.ts'
import type { EffectHandler, ReadHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { inferenceComponent } from './inference-state.ts'
import { unmended } from './operations/fault-time.ts'
import type { Version } from './registry-state.ts'
import {
  aliasOf,
  labels,
  readProduction,
  registryComponent,
  requireModel,
  requireRegistry,
  versionOf,
} from './registry-state.ts'
import { readComponent } from './store.ts'
import type { World } from './world.ts'

/** As in `2026-Q4`, by the exchange's calendar day. */
function quarterOf({ calendar }: World, moment: Date): string {
  const date = localDate(calendar.zone, moment.getTime())
  return `${date.slice(0, 4)}-Q${String(Math.ceil(Number(date.slice(5, 7)) / 3))}`
}

interface Labelled {
  readonly label: Version['label']
  readonly quarter?: string
  readonly current: boolean
}

/** The fault takes the label of production away until a new one is given. */
export function currentLabel(world: World, { version, label, labelledAt, createdAt }: Version): Labelled {
  const at = new Date(labelledAt ?? createdAt)
  const isLost =
    readProduction(world).version === version && unmended(world, 'unlabelled-model', labelledAt) !== undefined
  if (isLost || label === 'none') return { label: 'none', current: false }
  const quarter = quarterOf(world, at)
  return { label, quarter, current: quarter === quarterOf(world, world.now()) }
}

export const labelReads: Readonly<Record<string, ReadHandler>> = {
  'registry.labels': (world) => {
    requireRegistry(world)
    const state = readComponent(world, registryComponent)
    const withCapital = readComponent(world, inferenceComponent).allocations.map(({ version }) => version)
    const active = new Set([aliasOf(state, 'production').version, ...withCapital])
    const models = state.versions
      .filter(({ version }) => active.has(version))
      .map((version) => ({ model: state.model, version: version.version, ...currentLabel(world, version) }))
    return { models }
  },
}

export const labelEffect: EffectHandler = effectOn(registryComponent, (state, world, args) => {
  requireRegistry(world)
  requireModel(args)
  const wanted = textOf(args, 'label')
  const label = labels.find((known) => known === wanted) ?? refuse(`there is no label ${wanted}`)
  if (textOf(args, 'reason').trim() === '') return refuse('the reason is not said')
  const target = versionOf(state, textOf(args, 'version'))
  const at = world.now()
  target.label = label
  target.labelledAt = at.toISOString()
  return { label, quarter: quarterOf(world, at) }
})
