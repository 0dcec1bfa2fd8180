/** An undo takes back what its step did: on the same port, and safely again after a crash. */
import { error, type Rule } from './rule.ts'
import { allSteps } from './steps.ts'

export const undoFits: Rule = ({ documents, catalogue }) =>
  [...documents.values()].flatMap(allSteps).flatMap((step) => {
    if (step.kind !== 'do' || step.undo === undefined) return []
    const done = catalogue.get(step.call.method.value)
    const undo = catalogue.get(step.undo.method.value)
    if (done === undefined || undo === undefined) return []
    const { span } = step.undo.method
    if (undo.port !== done.port)
      return [error('check/undo-fits', `an undo of "${step.call.method.value}" is a method of ${done.port}`, { span })]
    if (undo.effect === 'once')
      return [
        error(
          'check/undo-fits',
          `"${step.undo.method.value}" cannot be repeated after a crash, so it undoes nothing safely`,
          { span },
        ),
      ]
    return []
  })
