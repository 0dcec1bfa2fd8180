/** How to reach venues that speak FIX 4.2. */
import * as z from 'zod'
import { once } from '../model/once.ts'

const name = once(() => z.string().regex(/^[\x21-\x7e]{1,64}$/, 'up to 64 printable characters without spaces'))

/** One session; no other process may use it under these two names. */
export const fixSessionSchema = once(() =>
  z.strictObject({
    host: z.string().min(1),
    port: z.int().min(1).max(65_535),
    /** SenderCompID: our name. */
    sender: name(),
    /** TargetCompID: the venue's. */
    target: name(),
    heartbeatSeconds: z.int().min(1).max(600).optional(),
    /** Account (tag 1) of orders; without it the venue takes the session's. */
    account: name().optional(),
    /** Whether a mass cancel (35=q) is sent beside the cancel of each order. */
    massCancel: z.boolean().optional(),
  }),
)
export type FixSessionConfig = z.infer<ReturnType<typeof fixSessionSchema>>
