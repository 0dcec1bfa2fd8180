/** What is known of a model before and beside the market: backtests, validation, training, and the features behind it. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, moment, read } from './method.ts'

const model = once(() => ({ model: z.string() }))
const oneVersion = once(() => ({ ...model(), version: z.string() }))
const oneFeature = once(() => ({ model: z.string(), feature: z.string() }))
/** Sharpe ratios are annual, the rest are shares. */
const performance = once(() => ({
  sharpe: z.number(),
  maxDrawdown: z.number(),
  winRate: z.number(),
  inSampleSharpe: z.number(),
  outOfSampleSharpe: z.number(),
  sessions: z.int(),
}))
/** Which features: the whole list, or one beside those in production; neither: those in production. */
const featureSet = once(() => ({ features: z.array(z.string()).min(1).optional(), feature: z.string().optional() }))

export const researchMethods = [
  read(
    'research',
    'replay',
    'The same window through the backtest engine with live fills',
    () => ({
      ...model(),
      /** Absent: the present streak outside the band, but at least three sessions. */
      sessions: z.int().optional(),
    }),
    () => ({
      agrees: z.boolean(),
      maxRelativeDifference: z.number(),
      modelHash: z.string(),
      featureHash: z.string(),
      libHash: z.string(),
    }),
  ),
  read(
    'research',
    'crossValidate',
    'Purged k-fold cross-validation of a feature set, beside that of the live version',
    () => ({ ...model(), ...featureSet() }),
    () => ({
      folds: z.int(),
      purged: z.boolean(),
      /** Annual, out of fold. */
      sharpe: z.number(),
      /** Probability that the Sharpe ratio beats the best of all trials by chance. */
      deflatedSharpe: z.number(),
      trials: z.int(),
      baselineSharpe: z.number(),
      baselineDeflatedSharpe: z.number(),
    }),
  ),
  effect(
    'research',
    'train',
    'Train a new version on so many days up to today; it is registered in staging, with no gate passed',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...model(), ...featureSet(), windowDays: z.int().min(30) }),
    () => ({
      version: z.string(),
      hash: z.string(),
      dataHash: z.string(),
      trainedFrom: z.iso.date(),
      trainedTo: z.iso.date(),
    }),
  ),
  read('research', 'backtestVectorized', 'Backtest of the signal alone', oneVersion, () => ({
    ...performance(),
    /** Rank correlation of signal and return. */
    ic: z.number(),
    turnover: z.number(),
  })),
  read(
    'research',
    'backtestOms',
    'Backtest through the order management system: risk checks, splitting, fills with slippage',
    oneVersion,
    () => ({ ...performance(), slippageBps: z.number() }),
  ),
  read(
    'research',
    'importance',
    'Importance of every feature of the live version over the last 30 days, most important first',
    model,
    () => ({
      features: z.array(z.strictObject({ feature: z.string(), share: z.number(), rank: z.int() })),
      /** How many of the first five were not among them 30 days ago. */
      top5Changed: z.int(),
    }),
  ),
  read('research', 'contribution', 'What one feature contributes to the live version', oneFeature, () => ({
    share: z.number(),
    rank: z.int(),
    /** Part of the annual Sharpe ratio, now and 30 days ago. */
    sharpe: z.number(),
    sharpe30dAgo: z.number(),
    halvedOver30d: z.boolean(),
  })),
  read(
    'research',
    'distribution',
    'Live values of a feature over the last five closed sessions, beside those it was trained on',
    oneFeature,
    () => ({
      n: z.int(),
      psi: z.number(),
      quantile999: z.number(),
      bins: z.int(),
      epsilon: z.number(),
      /** Two-sample Kolmogorov-Smirnov statistic, its probability without drift, and the size of the training sample. */
      ks: z.number(),
      ksP: z.number(),
      trainN: z.int(),
      liveMean: z.number(),
      trainMean: z.number(),
    }),
  ),
  read(
    'research',
    'auditLookAhead',
    'Whether a feature knows what came after its own time; with a model, each of its features and that one beside them',
    () => ({ model: z.string().optional(), feature: z.string().optional() }),
    () => ({
      clean: z.boolean(),
      leaking: z.array(z.string()),
      firstLeakAt: moment.optional(),
      /** Rows that were recomputed with later data removed. */
      checked: z.int(),
    }),
  ),
  read(
    'research',
    'driftCause',
    'What a drift of a feature comes from, as far as it can be told',
    () => ({ feature: z.string() }),
    () => ({
      pipeline: z.boolean(),
      regime: z.boolean(),
      vendorFormatChanged: z.boolean(),
      missingColumn: z.boolean(),
    }),
  ),
  read(
    'research',
    'agreement',
    'For how many traded symbols the latest predictions of two versions point the same way',
    () => ({ ...oneVersion(), prior: z.string() }),
    () => ({ symbols: z.int(), agreeing: z.int(), share: z.number() }),
  ),
  effect(
    'research',
    'recalibrateCost',
    'Set the cost model of the backtest to what trading has cost over the last 20 sessions',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({}),
    () => ({ modelBps: z.number() }),
  ),
]
