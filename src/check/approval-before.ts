/** An approval binds the exact arguments of steps that come after it, in the same list. */
import { suggestion } from '../source/suggest.ts'
import type { Step } from '../parse/document.ts'
import { error, type Rule } from './rule.ts'
import { stepLists, withNested } from './steps.ts'

const binds = (step: Step): boolean => step.kind === 'do' || step.kind === 'run'

export const approvalBefore: Rule = ({ documents }) =>
  [...documents.values()].flatMap(stepLists).flatMap((list) => {
    const steps = withNested(list)
    return steps.flatMap((step, i) => {
      if (step.kind !== 'approve') return []
      const later = steps.slice(i + 1).filter(binds)
      return step.of.flatMap((of) => {
        if (later.some((s) => s.id.value === of.value)) return []
        const isEarlier = steps.slice(0, i).some((s) => s.id.value === of.value)
        const message = isEarlier
          ? `"${of.value}" runs before its approval`
          : `no later step "${of.value}" that does something`
        const hint = isEarlier
          ? 'move the approval up'
          : suggestion(
              of.value,
              later.map((s) => s.id.value),
            )
        return [error('check/approval-before', message, { span: of.span, ...(hint === undefined ? {} : { hint }) })]
      })
    })
  })
