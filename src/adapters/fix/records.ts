/**
 * What is kept of a session, one line each, so that a restart goes on where the last process ended: what was sent is on disk before
 * the venue can hear of it, and what was received is kept word for word.
 */
import * as z from 'zod'
import { decimal, moment } from '../../ports/method.ts'

const order = z.strictObject({
  /** The idempotency key that caused it. */
  key: z.string(),
  clientOrderId: z.string(),
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  quantity: decimal,
  price: decimal,
})
export type SentOrder = z.infer<typeof order>
const cancel = z.strictObject({
  key: z.string(),
  /** Of the request itself. */
  clientOrderId: z.string(),
  /** The order that it is about. */
  of: z.string(),
})
const seq = z.int().min(1)

const sessionRecord = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('session'),
    schema: z.literal(1),
    /** Makes the ids of cancels unique beyond this file. */
    id: z.string(),
    sender: z.string(),
    target: z.string(),
  }),
  /** A connection stands from here on. */
  z.strictObject({ kind: z.literal('opened'), at: moment, seq }),
  /** Everything sent over the connection is in this file. */
  z.strictObject({ kind: z.literal('closed'), at: moment }),
  z.strictObject({
    kind: z.literal('sent'),
    seq,
    at: moment,
    /** Tag 35. */
    type: z.string(),
    order: order.optional(),
    cancel: cancel.optional(),
  }),
  z.strictObject({
    kind: z.literal('received'),
    seq,
    at: moment,
    /** Only of what concerns orders. */
    fields: z.array(z.tuple([z.int(), z.string()])).optional(),
  }),
  /** The venue skipped what it has nothing to say about. */
  z.strictObject({ kind: z.literal('skipped'), next: seq }),
  /** The venue said that it never received these, `to` not included, and was told that they never come. */
  z.strictObject({ kind: z.literal('unreceived'), from: seq, to: seq }),
])
export type SessionRecord = z.infer<typeof sessionRecord>
export type SentRecord = Extract<SessionRecord, { readonly kind: 'sent' }>

/** Undefined for a line that is no record. */
export function parseRecord(line: string): SessionRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  return sessionRecord.safeParse(value).data
}
