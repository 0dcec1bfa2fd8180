/** Alerting rules for Prometheus, as YAML. What is no rule stands in it as a comment, with why. */
import { promDuration } from './expressible.ts'
import { answeredWithin, type MonitorRule } from './monitor-rule.ts'
import { visible } from '../../source/visible.ts'

export function prometheusRules(monitors: readonly MonitorRule[], desk: string): string {
  const left = monitors.flatMap(({ set, id, expressed }) =>
    expressed.kind === 'left' ? [`#   ${set}/${id}: ${visible(expressed.reason)}`] : [],
  )
  const acting = monitors.filter(({ acts }) => acts.length > 0).map(({ set, id }) => `${set}/${id}`)
  return `${[
    '# Made by: desk monitor rules --as prometheus. Make it anew instead of changing it.',
    `# Rules for ${String(monitors.length - left.length)} of ${String(monitors.length)} monitors.`,
    '# A figure that is NaN or not there fires like one that is wrong.',
    ...(acting.length === 0
      ? []
      : ['# Prometheus holds and halts nothing. These do, where "desk monitor watch" runs:', ...commented(acting)]),
    ...(left.length === 0
      ? []
      : [`# NOT RULES, the other ${String(left.length)}: nothing but "desk monitor watch" watches them:`, ...left]),
    'groups:',
    ...groupsOf(monitors, desk),
  ].join('\n')}\n`
}

const commented = (names: readonly string[]): readonly string[] => names.map((name) => `#   ${name}`)

function groupsOf(monitors: readonly MonitorRule[], desk: string): readonly string[] {
  const rules = monitors.filter(({ expressed }) => expressed.kind === 'rule')
  const groups = new Map<string, MonitorRule[]>()
  for (const rule of rules) {
    const name = `desk-${rule.set}-${promDuration(rule.spec.everyMs)}`
    groups.set(name, [...(groups.get(name) ?? []), rule])
  }
  if (groups.size === 0) return ['  []']
  return [...groups].flatMap(([name, members]) => [
    `  - name: ${quoted(name)}`,
    `    interval: ${promDuration(members[0]?.spec.everyMs ?? 0)}`,
    '    rules:',
    ...members.flatMap((rule) => ruleLines(rule, desk)),
  ])
}

function ruleLines({ set, id, title, spec, forMs, acts, expressed }: MonitorRule, desk: string): readonly string[] {
  const { level, to, layer, action } = spec
  if (expressed.kind === 'left' || level === 'dashboard') return []
  const wakes = level === 'high' || level === 'critical'
  const field = (name: string, value: string): string => `          ${name}: ${quoted(value)}`
  return [
    `      - alert: ${quoted(id)}`,
    `        expr: ${quoted(expressed.expr)}`,
    ...(forMs === 0 ? [] : [`        for: ${promDuration(forMs)}`]),
    '        labels:',
    ...[field('desk', desk), field('set', set), field('layer', layer), field('severity', level)],
    field('to', to.join(',')),
    '        annotations:',
    field('summary', literal(title)),
    field('action', literal(action)),
    field('channel', level === 'low' ? 'summary' : wakes ? 'page' : 'queue'),
    field('receiver', to.join(', ')),
    field('respond_within', answeredWithin[level]),
    ...(acts.length === 0 ? [] : [field('by_desk_alone', acts.join(', '))]),
  ]
}

/** JSON's strings are YAML's too. */
const quoted = (text: string): string => JSON.stringify(text)
/** Annotations are templates of Go; what a document says is no program. */
const literal = (text: string): string => text.replaceAll('{{', '{{"{{"}}')
