/** A limit softened in the heat of an incident is restored before anything loosens. */
import { demandFact } from './loosening.ts'

export const limitsNeverLoosened = demandFact(
  'law/limits-never-loosened',
  'limits-kept',
  'has proved that limits are no looser than before the incident',
  'ask for the evidence of risk.limits with `guards: limits-kept`',
)
