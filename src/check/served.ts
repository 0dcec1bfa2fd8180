/** A method that exists, but that no configured adapter serves. */
import { error, type Rule } from './rule.ts'
import { methodCalls } from './steps.ts'

export const served: Rule = ({ documents, catalogue, has }) =>
  has === undefined
    ? []
    : [...documents.values()]
        .flatMap(methodCalls)
        .flatMap(({ call: { method } }) =>
          !catalogue.has(method.value) || has.has(method.value)
            ? []
            : [error('check/served', `no configured adapter serves "${method.value}"`, { span: method.span })],
        )
