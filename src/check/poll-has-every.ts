/** `within` polls, so it says how often; `every` alone says nothing. */
import { error, type Rule } from './rule.ts'
import { allSteps } from './steps.ts'

export const pollHasEvery: Rule = ({ documents }) =>
  [...documents.values()].flatMap(allSteps).flatMap((step) => {
    if (step.kind !== 'check') return []
    const { within, every } = step
    if (within !== undefined && step.for !== undefined) {
      const related = [{ message: '"for" stands here', span: step.for.span }]
      return [
        error('check/poll-has-every', 'a check either passes "within" a time or holds "for" one', {
          span: within.span,
          related,
        }),
      ]
    }
    if (within !== undefined && every === undefined)
      return [error('check/poll-has-every', '"within" needs "every": how often to look', { span: within.span })]
    if (within !== undefined && every !== undefined && every.value > within.value)
      return [
        error('check/poll-has-every', '"every" is longer than "within": it would look once', { span: every.span }),
      ]
    if (every !== undefined && within === undefined && step.for === undefined)
      return [error('check/poll-has-every', '"every" says nothing without "within" or "for"', { span: every.span })]
    return []
  })
