/** What is kept of features: when they were computed anew, tags, and the documentation. */
import * as z from 'zod'
import { once } from '../../../model/once.ts'
import { moment } from '../../../ports/method.ts'
import { refuse } from '../failure.ts'
import type { Feature } from '../feature-set.ts'
import { findFeature, productionFeatures } from '../feature-set.ts'
import { vendorIds } from '../routing.ts'
import type { Component } from '../store.ts'

const featureState = once(() =>
  z.strictObject({
    /** The last one of each feature, and the vendor that it took its data from. */
    backfills: z.array(z.strictObject({ feature: z.string(), at: moment, vendor: z.enum(vendorIds) })),
    tags: z.array(z.strictObject({ feature: z.string().optional(), tag: z.string() })),
    documented: z.array(z.strictObject({ feature: z.string(), filedAt: moment })),
  }),
)
export type FeatureState = z.infer<ReturnType<typeof featureState>>

const documentedDaysAgo = 120

export const featureComponent: Component<FeatureState> = {
  name: 'features',
  parse: (value) => featureState().safeParse(value).data,
  seed: (now) => {
    const filedAt = new Date(now.getTime() - documentedDaysAgo * 86_400_000).toISOString()
    return {
      backfills: [],
      tags: [{ tag: 'features_v2.3.0' }],
      documented: productionFeatures.map(({ feature }) => ({ feature, filedAt })),
    }
  },
}

export const requireFeature = (name: string): Feature => findFeature(name) ?? refuse(`there is no feature ${name}`)
