/** The desk's account at a venue: cash, and the credentials as the broker's own web site lists them. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { decimal, effect, moment, read } from './method.ts'

const venue = once(() => ({ venue: z.string().optional() }))

export const fetchBalance = read(
  'venue',
  'fetchBalance',
  'Cash at the venue, read with the credential in use or with the version named; refused where that version is not accepted',
  () => ({ ...venue(), credential: z.string().optional() }),
  () => ({
    venue: z.string(),
    cash: decimal,
    currency: z.string(),
    /** The version that it was read with. */
    credential: z.string(),
  }),
)

export const venueAccountMethods = [
  fetchBalance,
  read('venue', 'listCredentials', "Credentials of the desk as the broker's own web site lists them", venue, () => ({
    venue: z.string(),
    credentials: z.array(
      z.strictObject({
        version: z.string(),
        hash: z.string(),
        /** Staged: issued, and its activation lies ahead or nobody has set one. */
        status: z.enum(['active', 'staged', 'revoked']),
        createdAt: moment,
        lastUsedAt: moment.optional(),
      }),
    ),
  })),
  effect(
    'venue',
    'createCredential',
    'Have the broker issue a further credential; its value goes straight into the secret store, with no activation yet',
    { effect: 'once', risk: 'neutral' },
    venue,
    () => ({ version: z.string(), hash: z.string() }),
  ),
  effect(
    'venue',
    'revokeCredential',
    'Revoke a version at the broker; refused for the version in use',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ ...venue(), version: z.string() }),
    () => ({ version: z.string(), status: z.enum(['revoked']) }),
  ),
]
