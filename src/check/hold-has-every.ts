/** `for` watches over a time, so it says how often; a hold seen once is no hold. */
import { error, type Rule } from './rule.ts'
import { allSteps } from './steps.ts'

export const holdHasEvery: Rule = ({ documents }) =>
  [...documents.values()].flatMap(allSteps).flatMap((step) => {
    if (step.kind !== 'check' || step.for === undefined) return []
    const { every } = step
    if (every === undefined)
      return [error('check/hold-has-every', '"for" needs "every": how often to look', { span: step.for.span })]
    if (step.for.value.unit === 'ms' && every.value >= step.for.value.n)
      return [error('check/hold-has-every', '"every" must be shorter than "for"', { span: every.span })]
    return []
  })
