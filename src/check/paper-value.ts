/** Every procedure runs on the paper desk with nothing given, so a required input says what it is there. */
import { error, type Rule } from './rule.ts'

export const paperValue: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) =>
    document.kind !== 'runbook'
      ? []
      : document.inputs
          .filter((input) => input.required && input.paper === undefined)
          .map((input) =>
            error(
              'check/paper-value',
              `the required input "${input.name}" needs "paper": what it is on the paper desk`,
              {
                span: input.span,
              },
            ),
          ),
  )
