/** Where a document names another one that no file holds. */
import type { Located } from '../parse/form.ts'
import type { Finding } from '../source/diagnostic.ts'
import { suggestion } from '../source/suggest.ts'
import { error, type Library } from './rule.ts'

export function unknownId(
  { known }: Library,
  kind: 'runbook' | 'tree',
  { value, span }: Located<string>,
): readonly Finding[] {
  if (known.has(`${kind}/${value}`)) return []
  const ids = [...known].filter((id) => id.startsWith(`${kind}/`)).map((id) => id.slice(kind.length + 1))
  const hint = suggestion(value, ids)
  return [error(`check/unknown-${kind}`, `no ${kind} "${value}"`, { span, ...(hint === undefined ? {} : { hint }) })]
}
