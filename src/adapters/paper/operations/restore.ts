/** Making backups, and taking something out of them: into a sandbox, or positions into the book. */
import { localDate } from '../../../calendar/zone.ts'
import { textOf } from '../arguments.ts'
import { bookComponent, positionsAt, restorePositions } from '../book-state.ts'
import { refuse } from '../failure.ts'
import type { EffectHandler } from '../handler.ts'
import { effectOn } from '../handler.ts'
import { bucketOf, noiseOf } from '../noise.ts'
import { archive, storageComponent } from '../storage.ts'
import { readComponent } from '../store.ts'
import type { World } from '../world.ts'
import type { Stored } from './backups.ts'
import { backupComponent, findStored, isDamaged, storedKindOf, storedName } from './backups.ts'
import { sha256 } from '../../../model/sha256.ts'

function wholeItem(world: World, name: string): Stored {
  const stored = findStored(world, name)
  return isDamaged(world, stored) ? refuse(`${name} does not hash to what was noted when it was stored`) : stored
}

/** Positions are counted; of the rest a number that its name tells. */
const recordsIn = (world: World, { name, kind, at }: Stored): number =>
  kind === 'positions'
    ? positionsAt(readComponent(world, bookComponent), at.getTime()).length
    : 100 + Math.floor(noiseOf(`records ${name}`) * 10_000)

const intoSandbox = effectOn(backupComponent, (state, world, args) => {
  const stored = wholeItem(world, textOf(args, 'name'))
  const { name, kind } = stored
  state.restored.push({ name, kind, at: world.now().toISOString() })
  return { name, restored: true, records: recordsIn(world, stored) }
})

const intoDesk = effectOn(bookComponent, (book, world, args) => {
  const { name, kind, at } = wholeItem(world, textOf(args, 'name'))
  if (kind !== 'positions') refuse(`only positions are restored into the desk; ${name} goes into a sandbox`)
  const records = restorePositions(book, at, name, world.now())
  return { name, restored: true, records }
})

export const restoreEffects: Readonly<Record<string, EffectHandler>> = {
  'storage.restore': {
    act: (world, args, key, method) =>
      (textOf(args, 'into') === 'desk' ? intoDesk : intoSandbox).act(world, args, key, method),
    lookup: (world, args, key) => (textOf(args, 'into') === 'desk' ? intoDesk : intoSandbox).lookup(world, args, key),
  },
  'storage.backup': effectOn(backupComponent, (state, world, args) => {
    const kind = storedKindOf(textOf(args, 'kind'))
    const at = world.now()
    const name = storedName(kind, at)
    if (!state.made.some((each) => each.kind === kind && each.at === at.toISOString()))
      state.made.push({ kind, at: at.toISOString() })
    return { name, sha256: sha256(`backup ${name}`) }
  }),
  'storage.archiveLogs': effectOn(storageComponent, (state, world) => {
    const at = world.now().toISOString()
    state.archivedAt = at
    const text = `logs up to ${at}, ${bucketOf(world.now(), 1)}`
    return archive(state, { name: `logs-${localDate(world.calendar.zone, world.now().getTime())}`, text, at })
  }),
}
