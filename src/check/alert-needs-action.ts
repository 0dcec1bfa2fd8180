/** An alert that nobody receives, or that asks nothing of who does, is decoration; a critical one acts by itself before anybody wakes. */
import { roles } from '../model/roles.ts'
import type { Monitor } from '../parse/document.ts'
import type { Finding } from '../source/diagnostic.ts'
import { error, type Library, type Rule } from './rule.ts'

const rule = 'law/alert-needs-action'
const known: readonly string[] = roles

export const alertNeedsAction: Rule = (library) =>
  [...library.documents.values()].flatMap((document) =>
    document.kind === 'monitors' ? document.monitors.flatMap((monitor) => findingsOf(monitor, library)) : [],
  )

function findingsOf(monitor: Monitor, library: Library): readonly Finding[] {
  const { id, level, to, action, onFail } = monitor
  const at = { span: id.span }
  if (level.value === 'dashboard')
    return to.length === 0 && onFail.length === 0
      ? []
      : [error(rule, `"${id.value}" is looked at on a dashboard: it sends and does nothing`, at)]
  const wakes = level.value === 'high' || level.value === 'critical'
  const nobody = to.filter((name) => wakes && !known.includes(name))
  return [
    ...(to.length === 0 ? [error(rule, `"${id.value}" is received by nobody`, { ...at, hint: 'to: oncall' })] : []),
    ...nobody.map((name) => error(rule, `"${name}" is no role that can be woken`, { ...at, hint: known.join(', ') })),
    ...(action === undefined
      ? [error(rule, `"${id.value}" does not say what to do about it`, { ...at, hint: 'action: …' })]
      : []),
    ...(level.value === 'critical' && !tightens(monitor, library)
      ? [
          error(rule, `"${id.value}" is critical and tightens nothing by itself`, {
            ...at,
            hint: 'on_fail: a hold or a halt',
          }),
        ]
      : []),
    ...onFail.flatMap((act) => {
      const definition = act.kind === 'do' ? library.catalogue.get(act.call.method.value) : undefined
      return definition?.risk === 'adds' || definition?.loosens === true
        ? [error(rule, `"${id.value}" must not add risk unattended`, at)]
        : []
    }),
  ]
}

const tightens = ({ onFail }: Monitor, { catalogue }: Library): boolean =>
  onFail.some((act) => act.kind === 'hold' || catalogue.get(act.call.method.value)?.tightens === true)
