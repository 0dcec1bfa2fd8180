/** Trading from an unknown book turns small incidents into large ones: nothing loosens before a reconciliation to broker truth. */
import { demandFact } from './loosening.ts'

export const reconcileBeforeLoosening = demandFact(
  'law/reconcile-before-loosening',
  'reconciled',
  'has reconciled positions to broker truth',
  'run reconciliation first, or ask for its evidence with `guards: reconciled`',
)
