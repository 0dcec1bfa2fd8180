/** Whom to call, in which order. desk knows roles; who holds one stands in the configuration. */
import type { Operator } from '../config/load.ts'
import { table } from './render/layout.ts'

const contacts = [
  { after: 'at once', title: 'On-call engineer', role: 'oncall' },
  { after: 'after 15 minutes', title: 'Risk manager', role: 'risk' },
  { after: 'after 30 minutes', title: 'Compliance officer', role: 'compliance' },
  { after: 'after 1 hour', title: 'Chief technology officer', role: undefined },
] as const

/** `operators` undefined where the configuration cannot be read: whom to call is told all the same. */
export function contactsText(operators: readonly Operator[] | undefined, width: number): string {
  const rows = contacts.map(({ after, title, role }) => {
    const ids = (operators ?? []).filter(({ roles }) => roles.some((each) => each === role)).map(({ id }) => id)
    return [after, title, role ?? '', ids.length === 0 ? '' : `: ${ids.join(', ')}`]
  })
  const note =
    operators === undefined
      ? 'The configuration cannot be read: desk config validate'
      : 'Who holds a role: `operators:` of the configuration (desk config show).'
  return `${table(rows, width).join('\n')}

Counted from the moment somebody saw that something is wrong. Call the next one
when nobody answers, or when it is not over by then. A halt waits for nobody:
desk kill asks nothing.

${note}`
}
