/** Features: how far they have drifted, whether they may go live, and their documentation. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, moment, read } from './method.ts'

const feature = once(() => ({ feature: z.string() }))

export const featureMethods = [
  read(
    'features',
    'psi',
    "Population Stability Index of a model's most important features over the last closed sessions, 5 unless said",
    () => ({ model: z.string(), top: z.int().min(1), sessions: z.int().min(1).optional() }),
    () => ({
      features: z.array(
        z.strictObject({
          ...feature(),
          rank: z.int(),
          /** Live values. */
          n: z.int(),
          psi: z.number(),
          /** What chance alone exceeds once in a thousand samples of n. */
          quantile999: z.number(),
          /** Against 0.25. Undetermined: fewer than 250 values that show no drift beyond chance. */
          verdict: z.enum(['stable', 'drifted', 'undetermined']),
        }),
      ),
      worst: z.string(),
      worstPsi: z.number(),
      drifted: z.int(),
      undetermined: z.int(),
      /** Frozen from training, and the share that an empty one counts as. */
      bins: z.int(),
      epsilon: z.number(),
    }),
    ({ drifted, undetermined, features }) => {
      const count = (verdict: string) => features.filter((feature) => feature.verdict === verdict).length
      return drifted === count('drifted') && undetermined === count('undetermined')
    },
  ),
  read('features', 'validate', 'Whether a feature may go into production', feature, () => ({
    psi: z.number(),
    n: z.int(),
    /** PSI below 0.1 on enough values. */
    stable: z.boolean(),
    lookAheadClean: z.boolean(),
    /** Of a model that has it. */
    importanceShare: z.number(),
  })),
  read('features', 'schema', 'Whether a feature is documented, and since when it is live', feature, () => ({
    documented: z.boolean(),
    filedAt: moment.optional(),
  })),
  effect(
    'features',
    'backfill',
    'Compute a feature anew from the data vendor in use, for so many days back',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...feature(), windowDays: z.int().min(1) }),
    () => ({ rows: z.int(), from: z.iso.date(), to: z.iso.date() }),
  ),
  effect(
    'features',
    'tag',
    'Tag one feature, or else the feature set',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ feature: z.string().optional(), tag: z.string() }),
    () => ({ tag: z.string() }),
  ),
  effect(
    'features',
    'updateSchema',
    'Write into the documentation of a feature since when it is live; since now unless said',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...feature(), filedAt: moment.optional() }),
    () => ({ filedAt: moment }),
  ),
]
