/** Secrets by version, without their values, and who may change production. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, moment, read } from './method.ts'

const neutral = { effect: 'idempotent', risk: 'neutral' } as const
const tightens = { effect: 'idempotent', risk: 'reduces', tightens: true } as const
const name = once(() => ({ name: z.string() }))
const version = once(() => ({ version: z.string() }))

export const secretMethods = [
  read(
    'secrets',
    'metadata',
    'Versions of a secret, oldest first, and since when the current one is; a credential of a venue is broker-<venue>',
    name,
    () => ({
      ...name(),
      /** Of the version that should be in use. */
      current: z.string(),
      rotatedAt: moment,
      ageDays: z.number(),
      versions: z.array(
        z.strictObject({
          ...version(),
          hash: z.string(),
          createdAt: moment,
          activation: moment.optional(),
          /** Held: nobody has said yet when it becomes active. */
          state: z.enum(['held', 'staged', 'active', 'superseded', 'destroyed']),
        }),
      ),
    }),
  ),
  read('secrets', 'inUse', 'The version of a secret that the running system uses', name, () => ({
    ...version(),
    hash: z.string(),
  })),
  effect(
    'secrets',
    'put',
    'Let a version that is held become active at a moment, now or later; refused where another version than expected is current',
    neutral,
    /** At the moment of activation, or so many minutes from now; with neither at once. */
    () => ({
      ...{ ...name(), ...version(), ifCurrent: z.string() },
      ...{ activation: moment.optional(), afterMinutes: z.int().min(0).optional() },
    }),
    () => ({ ...version(), activation: moment }),
  ),
  effect(
    'secrets',
    'destroy',
    'Forget the value of a version for good; refused for the current one and for one that becomes active',
    neutral,
    () => ({ ...name(), ...version() }),
    version,
  ),
]

export const accessMethods = [
  read(
    'access',
    'list',
    'Who can write to production, and who can approve deploys; `unneeded` have no business there',
    () => ({}),
    () => ({
      prodWrite: z.array(z.string()),
      deployApprovers: z.array(z.string()),
      unneeded: z.array(z.string()),
      lastAttestedAt: moment.optional(),
      attestedDays: z.number(),
    }),
  ),
  read(
    'access',
    'audit',
    'Writes to the live configuration in the last minutes, and those that no deploy explains',
    () => ({ lookbackMinutes: z.int() }),
    () => ({
      unexpected: z.int(),
      writes: z.array(z.strictObject({ at: moment, by: z.string(), what: z.string(), expected: z.boolean() })),
    }),
  ),
  effect(
    'access',
    'attest',
    'Put on record that the list of accesses was reviewed',
    neutral,
    () => ({}),
    () => ({
      attestedAt: moment,
    }),
  ),
  effect(
    'access',
    'revoke',
    'Take the right to write to production away',
    tightens,
    () => ({ principal: z.string() }),
    () => ({
      principal: z.string(),
      revoked: z.boolean(),
    }),
  ),
]
