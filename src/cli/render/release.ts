/** Requests and approvals as scripts read them. */
import type { Output } from '../output/published.ts'
import type { Approved } from '../../killswitch/release.ts'
import type { Request } from '../../killswitch/terms.ts'

export const requestJson = ({ id, terms, digest, via }: Request): Output<'unlock-request'>['request'] => ({
  id,
  epoch: terms.epoch,
  expires: terms.expires,
  terms,
  digest,
  via,
})

type Granted = Extract<Approved, { readonly kind: 'granted' }>
export const approvedJson = ({ request, approval, approver, evidence }: Granted): Output<'unlock-approve'> => ({
  schema: 1,
  granted: true,
  request: requestJson(request),
  approval,
  approver,
  evidence,
})
