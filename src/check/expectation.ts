/** A check without anything to expect, to record or (within gates) to save would pass whatever it reads. */
import { error, type Rule } from './rule.ts'
import { allSteps } from './steps.ts'

export const expectation: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) =>
    allSteps(document).flatMap((step) => {
      if (step.kind !== 'check' || step.expect !== undefined || step.record.length > 0) return []
      if ((document.kind === 'gates' || document.kind === 'monitors') && step.save !== undefined) return []
      return [
        error('check/expectation', `the check "${step.id.value}" expects nothing and records nothing`, {
          span: step.span,
          hint: 'add `expect:`, or `record:` where a reading is enough',
        }),
      ]
    }),
  )
