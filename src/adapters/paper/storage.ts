/** Archived files. A name may be put again; nothing is ever overwritten. */
import * as z from 'zod'
import { moment } from '../../ports/method.ts'
import { textOf } from './arguments.ts'
import type { EffectHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import type { Component } from './store.ts'
import { once } from '../../model/once.ts'
import { sha256 } from '../../model/sha256.ts'

const storageState = once(() =>
  z.strictObject({
    files: z.array(z.strictObject({ name: z.string(), text: z.string(), sha256: z.string(), at: moment })),
    /** When logs were last compressed and taken off the disks. */
    archivedAt: moment.optional(),
  }),
)
type StorageState = z.infer<ReturnType<typeof storageState>>

export const storageComponent: Component<StorageState> = {
  name: 'storage',
  parse: (value) => storageState().safeParse(value).data,
  seed: () => ({ files: [] }),
}

/** Keeps a file. Answers its name and hash. */
export function archive(
  state: StorageState,
  file: { readonly name: string; readonly text: string; readonly at: string },
): { readonly name: string; readonly sha256: string } {
  const hash = sha256(file.text)
  if (!state.files.some((known) => known.name === file.name && known.sha256 === hash))
    state.files.push({ ...file, sha256: hash })
  return { name: file.name, sha256: hash }
}

export const storageEffects: Readonly<Record<string, EffectHandler>> = {
  'storage.put': effectOn(storageComponent, (state, world, args) =>
    archive(state, { name: textOf(args, 'name'), text: textOf(args, 'text'), at: world.now().toISOString() }),
  ),
}
