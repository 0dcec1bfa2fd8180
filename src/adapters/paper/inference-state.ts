/** What is kept of the hosts that serve the model, of shadows, and of the capital behind each version. */
import * as z from 'zod'
import { once } from '../../model/once.ts'
import { decimal, moment } from '../../ports/method.ts'
import { previousVersion, productionVersion, registryComponent } from './registry-state.ts'
import type { Component } from './store.ts'

const inferenceState = once(() =>
  z.strictObject({
    hosts: z.array(
      z.strictObject({
        host: z.string(),
        healthy: z.boolean(),
        modelHash: z.string(),
        /** When it began to serve another version than before; absent: long ago. */
        servingSince: moment.optional(),
        restartedAt: moment.optional(),
      }),
    ),
    /** Loaded beside the live version. */
    idle: z.string().default(previousVersion),
    shadows: z.record(z.string(), z.strictObject({ startedAt: moment })),
    allocations: z.array(z.strictObject({ version: z.string(), share: decimal })),
    allocatedAt: moment,
  }),
)
export type InferenceState = z.infer<ReturnType<typeof inferenceState>>
export type Host = InferenceState['hosts'][number]

const hostCount = 8

export const inferenceComponent: Component<InferenceState> = {
  name: 'inference',
  seen: new WeakMap(),
  parse: (value) => inferenceState().safeParse(value).data,
  seed: (now) => {
    const registry = registryComponent.seed(now)
    const modelHash = registry.versions.find(({ version }) => version === productionVersion)?.pinnedHash ?? ''
    return {
      hosts: Array.from({ length: hostCount }, (_, index) => ({
        host: `inference-${String(index + 1)}`,
        healthy: true,
        modelHash,
      })),
      idle: previousVersion,
      shadows: {},
      allocations: [{ version: productionVersion, share: '1' }],
      allocatedAt: registry.aliases['production']?.since ?? now.toISOString(),
    }
  },
}
