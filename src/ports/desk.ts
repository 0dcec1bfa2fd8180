/** What desk itself does and knows: halting, throttling, holds, evidence. Served by desk, not by an adapter. */
import * as z from 'zod'
import { decimal, effect, moment, read } from './method.ts'

export const deskMethods = [
  read(
    'desk',
    'trading',
    'The trading state in force',
    () => ({}),
    () => ({
      state: z.enum(['ACTIVE', 'REDUCING', 'HALTED']),
      sizeMultiplier: z.number(),
      orderRate: z.number(),
      epoch: z.string(),
      /** When the state in force began. */
      since: moment,
      /** Absent where the tickets cannot be read; whoever needs none must not take that for none. */
      openIncidents: z.int().optional(),
      holds: z.int(),
    }),
  ),
  read(
    'desk',
    'session',
    "The session in progress and the time to the next one, by the desk's calendar",
    () => ({}),
    () => ({
      inSession: z.boolean(),
      /** Absent outside a session. */
      minutesToClose: z.number().optional(),
      /** To the first open after now. */
      minutesToOpen: z.number(),
    }),
  ),
  read(
    'desk',
    'evidence',
    'The latest record of an event, and whether it is newer than the present halt',
    () => ({ event: z.string() }),
    () => ({
      found: z.boolean(),
      passed: z.boolean(),
      sinceHalt: z.boolean(),
      ageMinutes: z.number().optional(),
      at: moment.optional(),
    }),
  ),
  effect(
    'desk',
    'halt',
    'Halt at once: no new and no changed order',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    () => ({
      scope: z.string(),
      reason: z.string(),
    }),
    () => ({ epoch: z.string(), at: moment, already: z.boolean() }),
  ),
  effect(
    'desk',
    'throttle',
    'Lower the size multiplier to a ceiling, or halve it; never raises it',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    () => ({
      ceiling: decimal.optional(),
      halve: z.boolean().optional(),
      reason: z.string(),
    }),
    () => ({ sizeMultiplier: z.number() }),
  ),
  effect(
    'desk',
    'throttleOrders',
    'Halve the order frequency',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    () => ({ reason: z.string() }),
    () => ({ orderRate: z.number() }),
  ),
  effect(
    'desk',
    'hold',
    'Place a hold of a rule on scopes',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    () => ({
      rule: z.string(),
      scopes: z.array(z.string()),
      kind: z.enum(['no-new', 'reduce-only']),
      reason: z.string(),
    }),
    () => ({ placed: z.int() }),
  ),
  effect(
    'desk',
    'liftHold',
    "Lift a rule's holds, after the rule's own pass",
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ rule: z.string() }),
    () => ({ lifted: z.int() }),
  ),
  effect(
    'desk',
    'snapshot',
    'Keep positions, model hash per host and the latest predictions beside the log',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ minutes: z.int() }),
    () => ({
      sha256: z.string(),
      positions: z.int(),
      hosts: z.int(),
      predictions: z.int(),
    }),
  ),
  effect(
    'desk',
    'note',
    'Put a sentence on record',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({ text: z.string() }),
    () => ({ recorded: z.boolean() }),
  ),
  effect(
    'desk',
    'requestRelease',
    'File the request to trade again at 25 %; a second person approves it',
    { effect: 'once', risk: 'neutral', loosens: true },
    () => ({ reason: z.string() }),
    () => ({
      request: z.string(),
      expires: moment,
    }),
  ),
  // It gives back what people permitted before the reboot, never more, and a halt voids it: so it loosens nothing.
  effect(
    'desk',
    'rearm',
    'After a reboot, take up again what was permitted before it, unless the desk was halted',
    { effect: 'idempotent', risk: 'neutral' },
    () => ({}),
    () => ({
      rearmed: z.boolean(),
      /** Why not; empty where it was. */
      reason: z.string(),
    }),
  ),
  effect(
    'desk',
    'closeSession',
    'Take back the permission of this session; a desk without sessions has none',
    { effect: 'idempotent', risk: 'reduces', tightens: true },
    () => ({ reason: z.string() }),
    () => ({ closed: z.boolean() }),
  ),
]
