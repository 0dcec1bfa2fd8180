/**
 * Routes for Alertmanager, as YAML: by level and receiver, with what keeps alerts from becoming noise: one of a name in five minutes, and
 * outside sessions nobody is woken but by what is critical.
 */
import type { MonitorRule } from './monitor-rule.ts'

const summary = 'daily-summary'
/** Whatever no route knows must reach somebody all the same. */
const rest = 'unrouted'

export interface Routes {
  readonly receivers: readonly string[]
  readonly text: string
}

/** `webhook` is where alerts are delivered: a path per receiver is added. */
export function alertmanagerRoutes(
  monitors: readonly MonitorRule[],
  { webhook, calendar }: { readonly webhook: string; readonly calendar: 'XNYS' | '24x7' },
): Routes {
  const sent = monitors.filter(({ spec }) => spec.level !== 'dashboard')
  const names = (levels: readonly string[]): readonly string[] =>
    [...new Set(sent.filter(({ spec }) => levels.includes(spec.level)).flatMap(({ spec }) => spec.to))].sort()
  const ruled = monitors.filter(({ expressed }) => expressed.kind === 'rule').length
  const hasNights = calendar === 'XNYS'
  const session = hasNights ? ['      active_time_intervals: [session]'] : []
  const routes = [
    ...names(['critical']).flatMap((to) => route(`page-${to}`, ['critical'], to)),
    ...names(['high']).flatMap((to) => [...route(`page-${to}`, ['high'], to), ...session]),
    ...names(['medium']).flatMap((to) => [...route(`queue-${to}`, ['medium'], to), ...session]),
    ...(hasNights ? [...summaryRoute(['high', 'medium']), '      mute_time_intervals: [session]'] : []),
    ...summaryRoute(['low']),
  ]
  const pages = names(['high', 'critical']).map((to) => `page-${to}`)
  const queues = names(['medium']).map((to) => `queue-${to}`)
  const receivers = [...pages, ...queues, summary, rest]
  const text = [
    '# Made by: desk monitor rules --as alertmanager. Make it anew instead of changing it.',
    `# Rules for Prometheus exist for ${String(ruled)} of ${String(monitors.length)} monitors; the others send nothing here.`,
    ...(hasNights
      ? [
          '# Holidays and early closes count as sessions: louder than desk, not quieter.',
          'time_intervals:',
          '  - name: session',
          '    time_intervals:',
          "      - weekdays: ['monday:friday']",
          "        times: [{ start_time: '09:30', end_time: '16:00' }]",
          '        location: America/New_York',
        ]
      : []),
    'route:',
    `  receiver: ${rest}`,
    '  group_by: [alertname]',
    '  group_wait: 0s',
    '  group_interval: 5m',
    '  repeat_interval: 5m',
    '  routes:',
    ...routes,
    'receivers:',
    ...receivers.flatMap((name) => [
      `  - name: ${name}`,
      `    webhook_configs: [{ url: ${JSON.stringify(`${webhook.replace(/\/+$/, '')}/${name}`)} }]`,
    ]),
  ].join('\n')
  return { receivers, text: `${text}\n` }
}

/** `continue`: an alert may have several receivers, and each of them has a route. */
const route = (receiver: string, levels: readonly string[], to?: string): readonly string[] => [
  `    - receiver: ${receiver}`,
  `      matchers: [${[severityIs(levels), ...(to === undefined ? [] : [`'to=~"(.*,)?${to}(,.*)?"'`])].join(', ')}]`,
  '      continue: true',
]
const summaryRoute = (levels: readonly string[]): readonly string[] => [
  ...route(summary, levels),
  '      group_by: [severity]',
  '      group_interval: 1d',
  '      repeat_interval: 1d',
]
const severityIs = (levels: readonly string[]): string => `'severity=~"${levels.join('|')}"'`
