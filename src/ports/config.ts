/** The configuration repository, the files that are live, and the limits in them. */
import * as z from 'zod'
import { decimal, effect, moment, read } from './method.ts'

export const configMethods = [
  read(
    'config',
    'head',
    'The commit that should be live',
    () => ({}),
    () => ({ commit: z.string(), hash: z.string() }),
  ),
  read(
    'config',
    'hash',
    'Hash of the files that should be live, or of one of them',
    () => ({ path: z.string().optional() }),
    () => ({ hash: z.string() }),
  ),
  read(
    'config',
    'liveHash',
    'Hash of the live files, or of one of them',
    () => ({ path: z.string().optional() }),
    () => ({ hash: z.string() }),
  ),
  read(
    'config',
    'diff',
    'The live files against the commit that should be live',
    () => ({}),
    () => ({
      same: z.boolean(),
      files: z.array(z.string()),
      /** Whether a limit would be looser live than committed. */
      loosens: z.boolean(),
      text: z.string(),
    }),
  ),
  read(
    'config',
    'read',
    'One committed file of the configuration',
    () => ({ path: z.string() }),
    () => ({ path: z.string(), text: z.string(), hash: z.string() }),
  ),
  read(
    'config',
    'changes',
    'Deploys of the last minutes',
    () => ({ sinceMinutes: z.int() }),
    () => ({
      deploys: z.array(z.strictObject({ at: moment, by: z.string(), commit: z.string() })),
    }),
  ),
  read(
    'config',
    'log',
    'Commits that touched a path, newest first',
    () => ({ path: z.string(), last: z.int() }),
    () => ({
      commits: z.array(z.strictObject({ commit: z.string(), at: moment, author: z.string(), subject: z.string() })),
    }),
  ),
  effect(
    'config',
    'revert',
    'Revert one commit with a new one; never a forced push; refused where it would loosen a limit',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ commit: z.string() }),
    () => ({ commit: z.string() }),
  ),
  effect(
    'config',
    'commitLive',
    'Commit the live files, or one of them; refused where that would loosen a limit',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ path: z.string().optional(), message: z.string() }),
    () => ({ commit: z.string() }),
  ),
  effect(
    'config',
    'push',
    'Push without force',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({}),
    () => ({ commit: z.string() }),
  ),
  effect(
    'config',
    'deploy',
    'Make a commit live',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ commit: z.string() }),
    () => ({ commit: z.string(), hash: z.string() }),
  ),
  read(
    'risk',
    'limits',
    'Limits in force, as committed, and as they were at the last commit before the halt',
    () => ({}),
    () => ({
      softened: z.int(),
      limits: z.array(
        z.strictObject({
          name: z.string(),
          inForce: decimal,
          committed: decimal,
          before: decimal,
          looser: z.enum(['higher', 'lower']),
          softened: z.boolean(),
        }),
      ),
    }),
  ),
]
