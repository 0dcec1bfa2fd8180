/** The model registry: versions, the aliases that point to them, what was attested, and what became of them. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, moment, read } from './method.ts'

const model = once(() => ({ model: z.string() }))
const oneVersion = once(() => ({ ...model(), version: z.string() }))
const status = once(() => z.enum(['staging', 'production', 'retired']))
const version = once(() =>
  z.strictObject({ model: z.string(), version: z.string(), hash: z.string(), status: status(), createdAt: moment }),
)
const decided = once(() => z.enum(['retire', 'retrain', 'refit']))
const label = once(() => z.enum([...decided().options, 'none']))

/** All that the registry keeps of a version. */
const registered = once(() =>
  z.strictObject({
    ...version().shape,
    /** Model and version in one name. */
    modelId: z.string(),
    createdBy: z.string(),
    /** As validated before the version was registered. Sharpe is annual; drawdown is a share of the peak, not negative. */
    metrics: z.strictObject({ sharpe: z.number(), drawdown: z.number(), winRate: z.number() }),
    artifactPath: z.string(),
    configHash: z.string(),
    dataHash: z.string(),
    features: z.array(z.string()),
    /** First and last day of the training data. */
    trainedFrom: z.iso.date(),
    trainedTo: z.iso.date(),
  }),
)

export const registryMethods = [
  read('registry', 'getVersion', 'One version of a model, with all that is registered of it', oneVersion, () => ({
    ...registered().shape,
  })),
  read('registry', 'listVersions', 'Every version of a model, oldest first', model, () => ({
    versions: z.array(registered()),
  })),
  read(
    'registry',
    'getVersionByAlias',
    'The version that an alias points to',
    () => ({ ...model(), alias: z.string() }),
    () => version().shape,
  ),
  read(
    'registry',
    'verifyVersion',
    'Whether the artefact behind an alias or a version is reachable and hashes to what is pinned',
    () => ({
      ...model(),
      alias: z.string().optional(),
      version: z.string().optional(),
    }),
    () => ({ ...version().shape, reachable: z.boolean(), pinnedHash: z.string(), replaces: z.string() }),
  ),
  read(
    'registry',
    'attestations',
    "How many production gates a version has passed, whether the committee approved it, and this quarter's label",
    oneVersion,
    () => ({ gatesPassed: z.int(), committeeApproved: z.boolean(), label: label() }),
  ),
  effect(
    'registry',
    'attest',
    'Record how many production gates a version has passed, and whether the committee approved it',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...oneVersion(), gatesPassed: z.int().min(0), committeeApproved: z.boolean() }),
    () => ({ gatesPassed: z.int(), committeeApproved: z.boolean() }),
  ),
  read(
    'registry',
    'labels',
    'The review label of every version that is in production or has capital; current means given in this quarter',
    () => ({}),
    () => ({
      models: z.array(
        z.strictObject({
          ...oneVersion(),
          label: label(),
          /** As in 2026-Q4; absent where there is no label. */
          quarter: z.string().optional(),
          current: z.boolean(),
        }),
      ),
    }),
  ),
  effect(
    'registry',
    'label',
    "Record this quarter's decision about a version",
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...oneVersion(), label: decided(), reason: z.string() }),
    () => ({ label: decided(), quarter: z.string() }),
  ),
  effect(
    'registry',
    'setAlias',
    'Point an alias at a version; refused where the alias has moved on',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({
      ...model(),
      alias: z.string(),
      version: z.string(),
      ifCurrent: z.string(),
    }),
    () => ({ version: z.string(), hash: z.string() }),
  ),
  effect(
    'registry',
    'setTag',
    'Tag a version',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...oneVersion(), tag: z.string() }),
    () => ({ tag: z.string() }),
  ),
  effect(
    'registry',
    'archive',
    'Archive a version that is not in production, with the hash and the dates of its training data; refused where they are not those on record',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...oneVersion(), dataHash: z.string(), from: z.iso.date(), to: z.iso.date().optional() }),
    () => ({ version: z.string(), status: status() }),
  ),
  effect(
    'registry',
    'addEvent',
    'Record an event in the history of a model, such as a drift',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...model(), event: z.string(), text: z.string() }),
    /** Of this kind, this one included. */
    () => ({ count: z.int() }),
  ),
  read(
    'registry',
    'events',
    'Events of one kind in the history of a model within the last days',
    () => ({ ...model(), event: z.string(), days: z.int().min(1) }),
    () => ({ count: z.int(), events: z.array(z.strictObject({ at: moment, text: z.string() })) }),
    ({ count, events }) => count === events.length,
  ),
]
