/** The configuration file `desk.config.yaml`. Everything is optional; without a file the embedded paper desk is complete. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { retentionMs, shortestRetentionMs } from '../model/retention.ts'
import { roles } from '../model/roles.ts'
import { fixSessionSchema } from './fix.ts'
import { httpSchema } from './http.ts'

// Each schema is used a few times only: compiling it to code would cost more than it saves. Counts for schemas made from here on.
z.config({ jitless: true })

const id = once(() => z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and hyphens'))

/** Gates and drills look back a year, so nothing may be gone by then. */
const keepingTime = once(() =>
  z.string().refine((text) => (retentionMs(text) ?? 0) >= shortestRetentionMs, {
    error: 'days or years such as 900d or 7y, at least 400d',
  }),
)

export { roles }

const hostName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/

/** What lets somebody in at `desk serve`. The token itself never stands here. */
const token = once(() =>
  z
    .strictObject({
      /** Whose it is; on a live desk an operator. */
      person: id(),
      /** `read`: look; `halt`: engage from another host; `release`: ask and approve. Each of them may look. */
      roles: z.array(z.enum(['read', 'halt', 'release'])).min(1),
      /** Of the token, in hex. */
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits')
        .optional(),
      /** Where the token is kept, relative to this file. */
      file: z.string().min(1).optional(),
    })
    .refine(({ sha256, file }) => (sha256 === undefined) !== (file === undefined), 'give sha256 or file'),
)

/** Another host of the same desk, which a halt here halts as well. */
const peer = once(() =>
  z
    .strictObject({
      id: id(),
      /** Where its `desk serve` listens. */
      url: z.url({ protocol: /^https?$/ }).optional(),
      /** Holds the token, of role halt; relative to this file. */
      tokenFile: z.string().min(1).optional(),
      /** A program that halts there, such as `[ssh, standby, desk, kill]`; it answers with the exit codes of `desk kill`. */
      command: z.array(z.string()).min(1).optional(),
      timeoutMs: z.int().min(1).max(60_000).optional(),
    })
    .refine(({ url, command }) => (url === undefined) !== (command === undefined), 'give url or command'),
)

export const configSchema = once(() =>
  z.strictObject({
    desk: z
      .strictObject({
        name: id().optional(),
        calendar: z.enum(['XNYS', '24x7']).optional(),
        model: id().optional(),
        /** Trading needs the `session` permission, granted anew each day by the pre-open gates. */
        sessions: z.boolean().optional(),
      })
      .optional(),
    adapters: z
      .array(
        z.strictObject({
          /** A port (`venue`) or one method (`venue.fetchStatus`). */
          serves: z.array(z.string()).min(1),
          /** `paper`, `exec` for a program that speaks JSON on its standard streams, or `fix` for venues that speak FIX 4.2. */
          kind: z.enum(['paper', 'exec', 'fix']),
          /** For `exec`. */
          command: z.array(z.string()).min(1).optional(),
          /** For `fix`: how to reach each venue, by its id. */
          sessions: z.record(id(), fixSessionSchema()).optional(),
          timeoutMs: z.int().min(1).max(600_000).optional(),
        }),
      )
      .optional(),
    operators: z
      .array(
        z.strictObject({
          id: id(),
          roles: z.array(z.enum(roles)).min(1),
          /** Accounts of this person, by name or as `uid-<number>`; without any the id. */
          logins: z.array(z.string().min(1)).min(1).optional(),
          /** Principals of the allowed-signers file that are this person; without any the id. */
          signers: z.array(z.string().min(1)).min(1).optional(),
        }),
      )
      .optional(),
    release: z
      .strictObject({
        /** OpenSSH's file of allowed signers, relative to this file. */
        allowedSigners: z.string().min(1).optional(),
        /** Whether an account alone can say who somebody is; one that several operators share never can. */
        signatures: z.enum(['always', 'when-shared']).optional(),
      })
      .optional(),
    serve: z
      .strictObject({
        /** Names by which `desk serve` may be reached, beside addresses and localhost. */
        hosts: z.array(z.string().regex(hostName, 'a host name without a port')).optional(),
        tokens: z.array(token()).optional(),
      })
      .optional(),
    /** Other hosts of this desk, told by `desk kill` while the venues are. */
    peers: z.array(peer()).optional(),
    audit: z
      .strictObject({
        /** Where copies of checkpoints go: folders, relative to this file, or `git+<url>`, with `#<branch>` if wanted. */
        checkpoints: z.array(z.string().min(1)).optional(),
        /** How long segments are kept after their end; decisions about permissions are kept for ever. */
        retention: z
          .strictObject({
            run: keepingTime().optional(),
            approval: keepingTime().optional(),
            note: keepingTime().optional(),
          })
          .optional(),
      })
      .optional(),
    hosts: z.strictObject({ inference: z.array(z.string()).min(1).optional() }).optional(),
    venues: z.array(id()).min(1).optional(),
    vendors: z.array(id()).min(1).optional(),
    links: z
      .strictObject({ brokerStatus: z.url().optional(), dataStatus: z.url().optional(), dashboard: z.url().optional() })
      .optional(),
    http: httpSchema().optional(),
    /** Folders with further documents, relative to the file; an id here hides the shipped document of that id. */
    documents: z.array(z.string()).optional(),
    /** Values that never reach a log or a screen. */
    secrets: z.array(z.string().min(4)).optional(),
  }),
)
export type ConfigFile = z.infer<ReturnType<typeof configSchema>>
