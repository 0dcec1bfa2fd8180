/** No resuming on hope: the root cause is documented and the fix verified outside production before anything loosens. */
import { demandFact } from './loosening.ts'

export const causeBeforeResume = demandFact(
  'law/cause-before-resume',
  'cause-known',
  'has proved that the root cause is documented and its fix verified',
  'ask for the evidence of tickets.latestIncident with `guards: cause-known`',
)
