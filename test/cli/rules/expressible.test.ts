/** What becomes PromQL, and what does not. That Prometheus judges it as desk does: `test/real/prometheus.test.ts`. */
import { expect, it } from 'vitest'
import { alertmanagerRoutes } from '../../../src/cli/rules/alertmanager.ts'
import { type MonitorRule, monitorRules } from '../../../src/cli/rules/monitor-rule.ts'
import { prometheusRules } from '../../../src/cli/rules/prometheus.ts'
import { compileTexts } from './compiled.ts'

const monitor = (lines: string, id = 'one'): string => `  - id: ${id}
    title: The figure is {{ wrong }}
    layer: data
    every: 1m
    level: medium
    to: alerts
    action: Look
${lines}
`
const rulesOf = (...monitors: readonly string[]): readonly MonitorRule[] => {
  const text = `kind: monitors\nid: own\ntitle: Own\nmonitors:\n${monitors.join('')}`
  return monitorRules('own', compileTexts('monitors/own.yaml', text), { config: {}, inputs: {} })
}
const query = (expect: string): string =>
  `    check: metrics.query\n    with: { name: depth }\n    expect: ${expect}\n    record: [result.value]`

it('one figure against a number becomes a rule that also fires where it is NaN or absent', () => {
  expect(rulesOf(monitor(query('result.value <= 10.0')))[0]?.expressed).toEqual({
    kind: 'rule',
    expr: '(depth unless depth <= 10.0) or absent(depth)',
  })
})

it.each(['result.value <= 10.0 && result.value >= 1.0', 'result.value * 2.0 <= 10.0', 'abs(result.value) <= 10.0'])(
  'what is more than that is left: %s',
  (text) => {
    expect(rulesOf(monitor(query(text)))[0]?.expressed).toEqual({
      kind: 'left',
      reason: `Prometheus cannot judge: ${text}`,
    })
  },
)

it('what is left stands in the text, and what a document says is no template', () => {
  const left = monitor('    check: risk.breaches\n    expect: result.count == 0', 'two')
  const text = prometheusRules(rulesOf(monitor(query('result.value < 1.0')), left), 'paper')
  expect(text).toContain(
    '# NOT RULES, the other 1: nothing but "desk monitor watch" watches them:\n#   own/two: its source is the method risk.breaches',
  )
  expect(text).toContain('summary: "The figure is {{\\"{{\\"}} wrong }}"')
})

it('without any rule the file is still one that Prometheus takes', () => {
  const text = prometheusRules(rulesOf(monitor('    check: risk.breaches\n    expect: result.count == 0')), 'paper')
  expect(text).toMatch(/groups:\n {2}\[\]\n$/)
})

it('nights lower what is not critical where there are nights', () => {
  const rules = rulesOf(monitor(query('result.value < 1.0')))
  const webhook = 'https://alerts.example/'
  expect(alertmanagerRoutes(rules, { webhook, calendar: 'XNYS' }).text).toContain('mute_time_intervals: [session]')
  const always = alertmanagerRoutes(rules, { webhook, calendar: '24x7' })
  expect(always.text).not.toContain('session')
  expect(always.text).toContain('url: "https://alerts.example/queue-alerts"')
  expect(always.receivers).toEqual(['queue-alerts', 'daily-summary', 'unrouted'])
})
