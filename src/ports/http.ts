/** A request as a step, for what has no method yet. An effect that adds risk and is never repeated, unless the configuration says of its host that it may be. */
import * as z from 'zod'
import { once } from '../model/once.ts'
import { effect, secretRead } from './method.ts'

const request = once(() => ({
  url: z.string(),
  headers: z.array(z.strictObject({ name: z.string(), value: z.string() })).optional(),
  /** Absent: any status from 200 to 299. */
  expectStatus: z.int().optional(),
}))
const response = once(() => ({
  status: z.int(),
  contentType: z.string(),
  /** Text; what is beyond 64 KiB is cut off. */
  body: z.string(),
}))

export const httpMethods = [
  effect(
    'http',
    'request',
    'Send a request; redirects to other hosts are not followed',
    { effect: 'once', risk: 'adds', secret: ['headers'] },
    () => ({ method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']), ...request(), body: z.string().optional() }),
    response,
  ),
  effect(
    'http',
    'ensure',
    'Send a request that the configuration names under http.repeatable, with the key of the step; it may be sent again',
    { effect: 'idempotent', risk: 'adds', secret: ['headers'] },
    () => ({ method: z.enum(['PUT', 'DELETE', 'POST', 'PATCH']), ...request(), body: z.string().optional() }),
    response,
  ),
  secretRead(
    'http',
    'get',
    'Read from a host that the configuration names under http.hosts',
    ['headers'],
    request,
    response,
  ),
]
