/** What all answers have in common, and whatever goes wrong as HTTP says it: the document that every command prints with `--json`, under a status that fits. */
import type { Output } from '../output/published.ts'
import type { Said } from '../failure-report.ts'
import { exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'

export const errorDocument = ({ code, exit, message, hint }: Said): Output<'error'> => ({
  schema: 1,
  error: { code, exit, message: visible(message), ...(hint === undefined ? {} : { hint }) },
})

export type FailureStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 421 | 428 | 429 | 500 | 503

const statuses: Readonly<Partial<Record<Said['exit'], FailureStatus>>> = {
  [exitCodes.undetermined]: 503,
  [exitCodes.waiting]: 428,
  [exitCodes.refused]: 403,
  [exitCodes.usage]: 400,
  [exitCodes.unreachable]: 503,
  [exitCodes.auditUnwritable]: 503,
  [exitCodes.locked]: 409,
  [exitCodes.notAuthorised]: 403,
}
export const statusOfFailure = ({ exit }: Pick<Said, 'exit'>): FailureStatus => statuses[exit] ?? 500

const said = (code: string, exit: Said['exit'], message: string, hint?: string): Said => ({ code, exit, message, hint })

export const failures = {
  unknownPath: said('unknown-path', exitCodes.usage, 'there is no such path', 'desk help serve'),
  wrongMethod: said('wrong-method', exitCodes.usage, 'this path is not asked in this way', 'desk help serve'),
  wrongHost: said(
    'wrong-host',
    exitCodes.refused,
    'the Host header does not name this server',
    'serve.hosts in the configuration',
  ),
  wrongOrigin: said('wrong-origin', exitCodes.refused, 'no page of somebody else may ask this'),
  noToken: said('no-token', exitCodes.notAuthorised, 'a token of this desk is needed', 'Authorization: Bearer <token>'),
  wrongRole: said(
    'wrong-role',
    exitCodes.notAuthorised,
    'this token does not allow that',
    'serve.tokens in the configuration',
  ),
  tooFast: said('rate-limited', exitCodes.locked, 'too many requests', 'wait as Retry-After says'),
  tooLong: said('too-long', exitCodes.usage, 'the body is too long'),
  notJson: said('not-json', exitCodes.usage, 'the body has to be a JSON object'),
} as const

/** What was true a moment ago is never kept for later. */
export const headers = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}
