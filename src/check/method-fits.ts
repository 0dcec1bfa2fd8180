/** `do` is for methods with an effect, `check` for those that only read. */
import { error, type Rule } from './rule.ts'
import { methodCalls } from './steps.ts'

export const methodFits: Rule = ({ documents, catalogue }) =>
  [...documents.values()].flatMap(methodCalls).flatMap(({ call: { method }, as }) => {
    const definition = catalogue.get(method.value)
    if (definition === undefined || (definition.effect === 'none') === (as === 'check')) return []
    return as === 'check'
      ? [
          error('check/method-fits', `"${method.value}" has an effect; a check only reads`, {
            span: method.span,
            hint: 'use `do:`',
          }),
        ]
      : [
          error('check/method-fits', `"${method.value}" only reads and does nothing`, {
            span: method.span,
            hint: 'use `check:`',
          }),
        ]
  })
