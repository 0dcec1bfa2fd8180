/** What expressions see as `config`: facts about the desk, never secrets or paths. */
import * as z from 'zod'
import { once } from '../model/once.ts'

export const configView = once(() =>
  z.strictObject({
    desk: z.string(),
    profile: z.enum(['paper', 'live']),
    model: z.string(),
    hosts: z.strictObject({
      /** How many inference hosts there must be; checks compare with this, not with what hosts say of themselves. */
      inference: z.int(),
    }),
    venues: z.array(z.string()),
    vendors: z.array(z.string()),
    links: z.strictObject({ brokerStatus: z.string(), dataStatus: z.string(), dashboard: z.string() }),
    roles: z.array(z.string()),
  }),
)
export type ConfigView = z.infer<ReturnType<typeof configView>>
