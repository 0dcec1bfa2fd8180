/** Prometheus and Alertmanager take what desk writes for them, and judge it as desk does. Debian: prometheus, prometheus-alertmanager. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

const folder = mkdtempSync(join(tmpdir(), 'desk-prometheus-'))
const desk = new Desk()
const rules = join(folder, 'rules.yml')
const routes = join(folder, 'alertmanager.yml')
beforeAll(async () => {
  writeFileSync(rules, (await desk.run(['monitor', 'rules', '--as', 'prometheus'])).stdout)
  const webhook = ['--webhook', 'https://alerts.example/desk']
  writeFileSync(routes, (await desk.run(['monitor', 'rules', '--as', 'alertmanager', ...webhook])).stdout)
})
afterAll(() => {
  desk.remove()
  rmSync(folder, { recursive: true, force: true })
})

it('promtool and amtool find nothing wrong', () => {
  expect(execFileSync('promtool', ['check', 'rules', rules], { encoding: 'utf8' })).toContain('9 rules found')
  expect(execFileSync('amtool', ['check-config', routes], { encoding: 'utf8' })).toContain('SUCCESS')
})

/** Every figure is fine but for what is given; whatever fires at a moment is named. */
function firesAt(moment: string, series: Readonly<Record<string, string>>, fires: readonly string[]): void {
  const fine = {
    ...{ broker_heartbeat_ms: '12+0x90', job_queue_depth: '1000+0x90', daily_drawdown: '0.03+0x90' },
    ...{
      weekly_drawdown: '0.05+0x90',
      largest_trade_share: '0.1+0x90',
      fill_rate: '0.96+0x90',
      slippage_bps: '4.9+0x90',
    },
  }
  const known = [
    ...['broker-latency', 'job-queue', 'daily-drawdown', 'weekly-drawdown', 'abnormal-trade'],
    ...['fill-rate-warning', 'fill-rate-critical', 'slippage-warning', 'slippage-critical'],
  ]
  const input = Object.entries({ ...fine, ...series }).filter(([, values]) => values !== '')
  const test = {
    rule_files: [rules],
    evaluation_interval: '10s',
    tests: [
      {
        interval: '10s',
        input_series: input.map(([name, values]) => ({ series: name, values })),
        promql_expr_test: [
          {
            expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
            eval_time: moment,
            exp_samples: known
              .filter((name) => fires.includes(name))
              .map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
          },
        ],
      },
    ],
  }
  const file = join(folder, 'test.yml')
  writeFileSync(file, JSON.stringify(test))
  const ran = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' })
  expect(`${ran.stdout}${ran.stderr}`).toContain('SUCCESS')
}

it('exactly at every threshold nothing fires', () => {
  firesAt('5m', {}, [])
})

it('beyond it each fires', () => {
  firesAt('5m', { job_queue_depth: '1001+0x90', fill_rate: '0.95+0x90' }, ['job-queue', 'fill-rate-warning'])
  firesAt('5m', { fill_rate: '0.89+0x90' }, ['fill-rate-warning', 'fill-rate-critical'])
  firesAt('5m', { slippage_bps: '10.5+0x90', weekly_drawdown: '0.051+0x90' }, [
    ...['weekly-drawdown', 'slippage-warning', 'slippage-critical'],
  ])
})

it('what is NaN or not there fires: silence is no pass', () => {
  firesAt('5m', { daily_drawdown: 'NaN+0x90' }, ['daily-drawdown'])
  firesAt('5m', { largest_trade_share: '' }, ['abnormal-trade'])
  firesAt('5m', { broker_heartbeat_ms: '' }, ['broker-latency'])
})

it('the broker has to be slow in every window for two minutes', () => {
  firesAt('1m', { broker_heartbeat_ms: '900+0x90' }, [])
  firesAt('4m', { broker_heartbeat_ms: '900+0x90' }, ['broker-latency'])
  firesAt('5m', { broker_heartbeat_ms: '12+0x12 900+0x2 12+0x70' }, [])
  // Half of the pings are lost.
  firesAt('5m', { broker_heartbeat_ms: Array.from({ length: 45 }, () => '12 _').join(' ') }, ['broker-latency'])
})

it('Alertmanager sends each to who is named, and what it does not know to somebody', () => {
  const receivers = (...labels: string[]): string =>
    execFileSync('amtool', ['config', 'routes', 'test', `--config.file=${routes}`, ...labels], {
      encoding: 'utf8',
    }).trim()
  expect(receivers('severity=critical', 'to=oncall,risk', 'alertname=weekly-drawdown')).toBe('page-oncall,page-risk')
  expect(receivers('severity=high', 'to=oncall', 'alertname=broker-latency')).toBe('page-oncall,daily-summary')
  expect(receivers('severity=medium', 'to=on-call', 'alertname=x')).toBe('queue-on-call,daily-summary')
  expect(receivers('severity=none', 'alertname=x')).toBe('unrouted')
})
