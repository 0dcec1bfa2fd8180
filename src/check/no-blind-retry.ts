/** Nothing that may have happened once is done again: what sends an order or moves money is settled, never repeated. */
import { error, type Rule } from './rule.ts'
import { allSteps } from './steps.ts'

export const noBlindRetry: Rule = ({ documents, catalogue }) =>
  [...documents.values()].flatMap(allSteps).flatMap((step) => {
    if (step.kind !== 'do' || step.retry === undefined) return []
    const { method } = step.call
    if (catalogue.get(method.value)?.effect !== 'once') return []
    return [
      error('law/no-blind-retry', `"${method.value}" may have taken place although it failed; it is never repeated`, {
        span: step.retry.span,
        hint: 'remove `retry`; `settle` tells what became of it',
      }),
    ]
  })
