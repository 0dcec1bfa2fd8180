/** Undoing what tightens would loosen, without the proofs that loosening needs. */
import { error, type Rule } from './rule.ts'
import { allSteps } from './steps.ts'

export const tighteningHasNoUndo: Rule = ({ documents, catalogue }) =>
  [...documents.values()].flatMap(allSteps).flatMap((step) => {
    if (step.kind !== 'do' || step.undo === undefined) return []
    if (catalogue.get(step.call.method.value)?.tightens !== true) return []
    return [
      error('law/tightening-has-no-undo', `"${step.call.method.value}" tightens; undoing it would loosen`, {
        span: step.undo.method.span,
        hint: 'remove `undo`',
      }),
    ]
  })
