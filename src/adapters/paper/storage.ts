/** Archived files. A name may be put again; nothing is ever overwritten. */
import * as z from 'zod'
import { moment } from '../../ports/method.ts'
import { textOf } from './arguments.ts'
import type { EffectHandler } from './handler.ts'
import { effectOn } from './handler.ts'
import { hashOf } from './registry-state.ts'
import type { Component } from './store.ts'

const storageState = z.strictObject({
  files: z.array(z.strictObject({ name: z.string(), text: z.string(), sha256: z.string(), at: moment })),
})

export const storageComponent: Component<z.infer<typeof storageState>> = {
  name: 'storage',
  parse: (value) => storageState.safeParse(value).data,
  seed: () => ({ files: [] }),
}

export const storageEffects: Readonly<Record<string, EffectHandler>> = {
  'storage.put': effectOn(storageComponent, (state, world, args) => {
    const name = textOf(args, 'name')
    const text = textOf(args, 'text')
    const sha256 = hashOf(text)
    if (!state.files.some((file) => file.name === name && file.sha256 === sha256)) {
      state.files.push({ name, text, sha256, at: world.now().toISOString() })
    }
    return { name, sha256 }
  }),
}
