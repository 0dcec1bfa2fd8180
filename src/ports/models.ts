/** The model registry and the hosts that serve models. */
import * as z from 'zod'
import { decimal, effect, moment, read } from './method.ts'

const model = { model: z.string() }
const version = z.strictObject({
  model: z.string(),
  version: z.string(),
  hash: z.string(),
  status: z.enum(['staging', 'production', 'retired']),
  createdAt: moment,
})

export const modelMethods = [
  read('registry', 'getVersion', 'One version of a model', { ...model, version: z.string() }, version.shape),
  read(
    'registry',
    'getVersionByAlias',
    'The version that an alias points to',
    { ...model, alias: z.string() },
    version.shape,
  ),
  read(
    'registry',
    'verifyVersion',
    'Whether the artefact behind an alias or a version is reachable and hashes to what is pinned',
    {
      ...model,
      alias: z.string().optional(),
      version: z.string().optional(),
    },
    { ...version.shape, reachable: z.boolean(), pinnedHash: z.string(), replaces: z.string() },
  ),
  read(
    'registry',
    'attestations',
    'How many production gates a version has passed, and whether the committee approved it',
    { ...model, version: z.string() },
    {
      gatesPassed: z.int(),
      committeeApproved: z.boolean(),
      label: z.enum(['retire', 'retrain', 'refit', 'none']),
    },
  ),
  effect(
    'registry',
    'setAlias',
    'Point an alias at a version; refused where the alias has moved on',
    { effect: 'idempotent', risk: 'neutral' },
    {
      ...model,
      alias: z.string(),
      version: z.string(),
      ifCurrent: z.string(),
    },
    { version: z.string(), hash: z.string() },
  ),
  effect(
    'registry',
    'setTag',
    'Tag a version',
    { effect: 'idempotent', risk: 'neutral' },
    { ...model, version: z.string(), tag: z.string() },
    { tag: z.string() },
  ),
  read(
    'inference',
    'healthz',
    'Every host with the hash of the model it serves',
    {},
    {
      hosts: z.array(
        z.strictObject({ host: z.string(), healthy: z.boolean(), model: z.string(), modelHash: z.string() }),
      ),
    },
  ),
  read(
    'inference',
    'predictions',
    'Sanity of the latest predictions',
    { ...model, last: z.int() },
    {
      count: z.int(),
      nan: z.int(),
      maxAbsZ: z.number(),
      modelHash: z.string(),
    },
  ),
  effect(
    'inference',
    'restartAll',
    'Restart the workers of every host',
    { effect: 'idempotent', risk: 'neutral' },
    model,
    { restarted: z.int() },
  ),
  effect(
    'inference',
    'startShadow',
    'Run a version behind the live one, without orders',
    { effect: 'idempotent', risk: 'neutral' },
    { ...model, version: z.string() },
    { startedAt: moment },
  ),
  read(
    'inference',
    'shadowLog',
    'The shadow version beside the live one',
    { ...model, version: z.string() },
    {
      sessions: z.int(),
      shadow: z.strictObject({ pnl: decimal, sharpe: z.number(), turnover: z.number() }),
      live: z.strictObject({ pnl: decimal, sharpe: z.number(), turnover: z.number() }),
      /** Largest ratio of the two predictions, at least 1. */
      maxDivergence: z.number(),
    },
  ),
  read('inference', 'allocation', 'Share of capital per version', model, {
    allocations: z.array(z.strictObject({ version: z.string(), share: decimal })),
  }),
  effect(
    'inference',
    'setAllocation',
    'Give a version a share of the capital',
    { effect: 'idempotent', risk: 'adds' },
    { ...model, version: z.string(), share: decimal },
    { share: decimal },
  ),
  read(
    'research',
    'replay',
    'The same window through the backtest engine with live fills',
    {
      ...model,
      /** Absent: the present streak outside the band, but at least three sessions. */
      sessions: z.int().optional(),
    },
    {
      agrees: z.boolean(),
      maxRelativeDifference: z.number(),
      modelHash: z.string(),
      featureHash: z.string(),
      libHash: z.string(),
    },
  ),
  read('metrics', 'pnlBand', 'The latest session against the 95 % band of the backtest', model, {
    date: z.iso.date(),
    value: z.number(),
    lower: z.number(),
    upper: z.number(),
    inside: z.boolean(),
    consecutiveExits: z.int(),
    sessions: z.int(),
  }),
  read(
    'metrics',
    'bandExits',
    'How many of the last sessions closed outside the 95 % band; `measured` says how many of them are known',
    { ...model, sessions: z.int() },
    { measured: z.int(), exits: z.int() },
  ),
]
