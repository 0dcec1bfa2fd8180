/** What the configuration says about HTTP: where it may be read, what may be repeated there, and headers that hold a secret. */
import * as z from 'zod'
import { once } from '../model/once.ts'

const host = once(() => z.string().regex(/^[a-z0-9.\-[\]:]+$/i, 'host or host:port'))
const headerName = once(() => z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'the name of a header'))
/** Of themselves these may be sent again; the others only where a key tells the server that it is the same request. */
const idempotent: readonly string[] = ['PUT', 'DELETE']

const repeatable = once(() =>
  z
    .strictObject({
      host: host(),
      methods: z.array(z.enum(['PUT', 'DELETE', 'POST', 'PATCH'])).min(1),
      /** The header in which the key of the effect goes along, such as `Idempotency-Key`. */
      keyHeader: headerName().optional(),
    })
    .refine(({ methods, keyHeader }) => keyHeader !== undefined || methods.every((each) => idempotent.includes(each)), {
      error: 'POST and PATCH may be repeated only with a keyHeader',
    }),
)

/** The value never stands here. */
const secretHeader = once(() =>
  z
    .strictObject({
      host: host(),
      name: headerName(),
      /** An environment variable that holds it. */
      env: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable')
        .optional(),
      /** A file that holds it, relative to this one. */
      file: z.string().min(1).optional(),
      /** What stands before it, such as `Bearer `. */
      prefix: z.string().optional(),
    })
    .refine(({ env, file }) => (env === undefined) !== (file === undefined), 'give env or file'),
)

export const httpSchema = once(() =>
  z.strictObject({
    /** `host` or `host:port` that `http.get` may read from; what only reads may be called by dry runs. */
    hosts: z.array(z.string().min(1)).optional(),
    /** What `http.ensure` may send, and send again. */
    repeatable: z.array(repeatable()).optional(),
    /** Sent to their host alone, over https or on this machine. */
    headers: z.array(secretHeader()).optional(),
  }),
)
export type RepeatableRequests = z.output<ReturnType<typeof repeatable>>
/** A file is absolute. */
export type SecretHeader = z.output<ReturnType<typeof secretHeader>>
