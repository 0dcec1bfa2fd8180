/** What an incident starts from: positions, the model on every host, the latest predictions, kept beside the log under their hash. */
import * as z from 'zod'
import { putArtefact } from '../../audit/artefact.ts'
import { newId } from '../../audit/id.ts'
import { decimalUnits } from '../../model/decimal.ts'
import { once } from '../../model/once.ts'
import { fetchPositions } from '../../ports/venue.ts'
import { ask, joinFailures } from '../asking.ts'
import { type DeskEffect, done, failed } from './effect.ts'

const snapshotArgs = once(() => z.object({ minutes: z.int() }))
const healthz = once(() => ({
  port: 'inference',
  name: 'healthz',
  result: z.looseObject({ hosts: z.array(z.unknown()) }),
}))
const predictions = once(() => ({ port: 'inference', name: 'predictions', result: z.looseObject({ count: z.int() }) }))
/** Models predict at most once a second here. */
const predictionsPerMinute = 60

const isHeld = ({ quantity }: { readonly quantity: string }): boolean => decimalUnits(quantity) !== 0n

export const snapshot: DeskEffect = {
  /** What could be read is kept even where something could not, and then it counts as failed. */
  perform: async (world, args, _plan, call) => {
    const { minutes } = snapshotArgs().parse(args)
    const { inner, config, stateDir, now, random } = world
    const takenAt = now().toISOString()
    const last = minutes * predictionsPerMinute
    const [hosts, latest, ...positions] = await Promise.all([
      ask(inner, healthz(), {}, call),
      ask(inner, predictions(), { model: config.desk.model, last }, call),
      ...config.venues.map((venue) => ask(inner, fetchPositions, { venue }, call)),
    ])
    const content = JSON.stringify({ schema: 1, takenAt, minutes, positions, hosts, predictions: latest })
    const sha256 = putArtefact(stateDir, Buffer.from(content), newId('note', now, random))
    const failure = joinFailures([hosts, latest, ...positions])
    if (failure !== undefined) return failed(`kept in part as ${sha256}: ${failure.reason}`)
    const held = positions.flatMap((got) => (got.kind === 'value' ? got.value.positions.filter(isHeld) : []))
    return done({
      sha256,
      positions: held.length,
      hosts: hosts.kind === 'value' ? hosts.value.hosts.length : 0,
      predictions: latest.kind === 'value' ? latest.value.count : 0,
    })
  },
  // Another one harms nobody.
  happened: () => undefined,
}
