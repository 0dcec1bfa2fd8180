/** What is in force, and what changes it: status, halts, releases, throttles, promotions. */
import * as z from 'zod'
import { level, list, need, orderRate, output, profile, ref, size } from './parts.ts'

const text = z.string()
const tradingState = z.enum(['ACTIVE', 'REDUCING', 'HALTED'])
const halt = z.strictObject({
  id: text,
  scope: text,
  by: text,
  reason: text,
  since: text,
  /** It was put on record afterwards: somebody removed the permission by hand. */
  silent: z.literal(true).optional(),
})

const hold = z.strictObject({
  scope: text,
  kind: z.enum(['no-new', 'reduce-only']),
  rule: text,
  since: text,
  reason: text,
})

export const status = output({
  profile,
  desk: text,
  trading: z.strictObject({
    state: tradingState,
    sizeMultiplier: size,
    orderRate,
    epoch: text,
    since: text,
    by: text,
    reason: text,
    expires: text.optional(),
  }),
  halts: list(halt),
  holds: list(hold),
  /** Those that are open; null where the files of the desk do not tell. */
  incidents: list(z.strictObject({ id: text, title: text, openedAt: text })).nullable(),
  runs: z.strictObject({
    waiting: list(
      z.strictObject({
        run: text,
        graph: text.optional(),
        title: text.optional(),
        state: z.enum(['open', 'parked', 'closed']),
        /** Its process has died. */
        gone: z.literal(true).optional(),
        needs: list(need),
        resumeAt: text.optional(),
      }),
    ),
  }),
  gates: z.strictObject({
    due: list(z.strictObject({ cadence: text, id: text, title: text, to: text, overdue: z.boolean() })),
  }),
  runbooks: z.strictObject({ due: list(z.strictObject({ id: text, title: text, reasons: list(text) })) }),
  auditOk: z.boolean(),
})

/** What a client of `desk serve` reads first: the fields that older scripts know, beside those of `desk status`. */
export const serveStatus = status.extend({
  kill_switch: z.boolean(),
  /** Orders that add risk may pass. */
  trading_enabled: z.boolean(),
})
export const serveHealth = output({ ok: z.literal(true) })
export const serveReady = output({ ready: z.boolean(), problems: list(text) })
export const serveListening = output({ profile, desk: text, listening: list(text) })

/** `lifts`: whose pass lifts it, as a person would type it; `unknown`: what could not be told. */
export const holdList = output({ holds: list(hold.extend({ lifts: text })), unknown: text.optional() })

export const gateWaive = output({
  waiver: z.strictObject({ gate: text, set: text, by: text, reason: text, until: text }),
})

const cancelledStop = z.strictObject({
  ...{ venue: text, symbol: text, side: z.enum(['buy', 'sell']), quantity: text, stopPrice: text },
})

export const kill = output({
  desks: list(
    z.strictObject({
      profile,
      desk: text,
      stateDir: text,
      halted: z.boolean(),
      already: z.boolean(),
      epoch: text,
      scope: text,
      by: text,
      reason: text,
      before: text,
      venues: list(z.strictObject({ id: text, open: z.int(), pendingCancel: z.int(), unknown: z.int() })),
      /** Protective stops that were cancelled with the rest; null where they may not be all. */
      stops: list(cancelledStop).nullable(),
      /** Those that are known, also where they may not be all. */
      knownStops: list(cancelledStop),
      /** Where there may have been more, and why nobody can tell. */
      stopsUnknown: list(z.strictObject({ venue: text, reason: text })),
      /** With --flatten: what became of it at each venue. */
      flattened: list(
        z.strictObject({ venue: text, state: z.enum(['done', 'done-before', 'failed', 'unknown']) }),
      ).optional(),
      peers: list(
        z.strictObject({
          id: text,
          state: z.enum(['halted', 'unverified', 'not-halted', 'absent', 'unreached']),
          reason: text.optional(),
        }),
      ),
      verified: z.boolean(),
      recorded: z.boolean(),
      problems: list(text),
    }),
  ),
})
export const killPlan = output({
  dryRun: z.literal(true),
  desks: list(z.strictObject({ profile, desk: text, stateDir: text, scope: text, now: text })),
})

export const throttle = output({
  throttle: z.strictObject({
    desk: text,
    /** Null where it cannot be told. */
    from: level.nullable(),
    to: level,
    done: z.boolean(),
    recorded: z.boolean(),
  }),
})

const terms = z.strictObject({
  kind: z.enum(['release', 'promote']),
  desk: text,
  host: text,
  scope: text,
  epoch: text,
  tokens: list(text),
  to: level,
  requester: text,
  reason: text,
  requestedAt: text,
  expires: text,
})
/** How somebody was recognised; `key`: by a signature. */
const via = z.enum(['login', 'key', 'paper', 'answers-file', 'flag'])
const approver = z.strictObject({ id: text, via })
const asked = z.strictObject({ id: text, epoch: text, expires: text, terms, digest: text, via })
export const unlockRequest = output({ request: asked })
export const unlockApprove = output({
  granted: z.literal(true),
  request: asked,
  approval: text,
  approver,
  evidence: list(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('holds'), what: text, at: text, ref, hash: text }),
      z.strictObject({ kind: z.literal('missing'), what: text, reason: text }),
    ]),
  ),
})
/** What has to be signed first, for the namespace. `draft` comes back with the signature under a request. */
export const unlockStatement = output({
  statement: text,
  namespace: text,
  draft: z.strictObject({ id: text, requestedAt: text }).optional(),
})
export const unlockStatus = output({ halted: z.boolean(), halts: list(halt), requests: list(asked) })

export const promoteRequest = output({ request: asked.omit({ digest: true, via: true }) })
export const promoteApprove = output({
  granted: z.literal(true),
  request: z.strictObject({ id: text, terms }),
  approval: text,
  approver,
})
