/** Backups and cold storage: what is there, whether it is whole, and what comes back out of it. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, moment, read } from './method.ts'

const neutral = { effect: 'idempotent', risk: 'neutral' } as const
const name = once(() => ({ name: z.string() }))
const backupKind = once(() => z.enum(['positions', 'configuration', 'audit', 'database']))
const coldKind = once(() => z.enum(['model', 'features']))

export const storageMethods = [
  read(
    'storage',
    'list',
    'What is stored of a kind, newest first',
    () => ({ kind: z.enum([...backupKind().options, ...coldKind().options, 'report']) }),
    () => ({
      count: z.int(),
      items: z.array(z.strictObject({ ...name(), at: moment, sha256: z.string(), bytes: z.int() })),
    }),
    ({ count, items }) => count === items.length,
  ),
  read(
    'storage',
    'verify',
    'Whether a stored item hashes to what was noted, loads and, if it serves predictions, predicts on the test set',
    name,
    () => ({
      ...name(),
      sha256: z.string(),
      matches: z.boolean(),
      loads: z.boolean(),
      predicts: z.boolean().optional(),
    }),
  ),
  read(
    'storage',
    'backups',
    'Every kind of backup; fresh: the latest is no older than one and a half times its frequency; tested: restored within 31 days',
    () => ({}),
    () => ({
      stale: z.int(),
      untested: z.int(),
      rows: z.array(
        z.strictObject({
          kind: backupKind(),
          latestAt: moment,
          ageMinutes: z.number(),
          frequencyMinutes: z.int(),
          retentionDays: z.int(),
          restoreTestedAt: moment.optional(),
          fresh: z.boolean(),
          tested: z.boolean(),
        }),
      ),
    }),
    ({ stale, untested, rows }) =>
      stale === rows.filter((row) => !row.fresh).length &&
      untested === rows.filter((row) => !row.tested).length &&
      rows.every((row) => !row.tested || row.restoreTestedAt !== undefined),
  ),
  read(
    'storage',
    'pickRandom',
    'One item of cold storage, drawn anew every day; `sha256` is what it was stored with',
    () => ({ kind: coldKind() }),
    () => ({ ...name(), sha256: z.string() }),
  ),
  effect(
    'storage',
    'backup',
    'Make a backup now',
    neutral,
    () => ({ kind: z.enum([...backupKind().options, ...coldKind().options]) }),
    () => ({ ...name(), sha256: z.string() }),
  ),
  effect(
    'storage',
    'restore',
    'Restore an item into a sandbox, or positions into the book; refused where it is damaged',
    neutral,
    () => ({ ...name(), into: z.enum(['sandbox', 'desk']) }),
    () => ({ ...name(), restored: z.boolean(), records: z.int() }),
  ),
  effect(
    'storage',
    'archiveLogs',
    'Compress logs, store them and free the disks of them',
    neutral,
    () => ({}),
    () => ({
      ...name(),
      sha256: z.string(),
    }),
  ),
]
