/** What a Prometheus server reads. Gauges are set from the state at each reading; only what this process did is counted. */
import { Counter, Gauge, Registry } from 'prom-client'
import type { DeskState } from '../state.ts'

export interface Metrics {
  readonly countKill: () => void
  /** `route` is one of the known paths, or `other`: names that clients make up are no labels. */
  readonly countRequest: (about: { readonly method: string; readonly route: string; readonly code: string }) => void
  /** The text; `state` is undefined where it could not be told. */
  readonly text: (state: DeskState | undefined) => Promise<string>
  readonly contentType: string
}

const states = ['ACTIVE', 'REDUCING', 'HALTED'] as const

export function deskMetrics(desk: { readonly profile: string; readonly name: string }, version: string): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ desk: desk.name, profile: desk.profile })
  const registers = [registry]
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers })
  const info = new Gauge({
    name: 'desk_build_info',
    help: 'Version of desk; always 1.',
    labelNames: ['version'],
    registers,
  })
  info.set({ version }, 1)
  const known = gauge('desk_state_known', 'Whether the trading state could be told whole (1) or not (0).')
  const trading = new Gauge({
    name: 'desk_trading_state',
    help: 'Trading state that people decided: 1 for the one in force.',
    labelNames: ['state'],
    registers,
  })
  const numbers: readonly (readonly [Gauge, (state: DeskState) => number])[] = [
    [gauge('desk_size_ratio', 'Permitted size of new orders as a share of full size.'), sizeOf],
    [
      gauge('desk_order_rate_ratio', 'Permitted rate of orders as a share of the full rate.'),
      ({ read }) => read.trading.orderRate,
    ],
    [gauge('desk_halts_in_force', 'Halts that no release has lifted.'), ({ read }) => read.halts.length],
    [gauge('desk_holds_in_force', 'Holds that rules have placed.'), ({ read }) => read.holds.length],
    [
      gauge('desk_gates_due', 'Gates that are due and not overdue.'),
      ({ due }) => due.filter((each) => !each.overdue).length,
    ],
    [
      gauge('desk_gates_overdue', 'Gates whose moment has passed.'),
      ({ due }) => due.filter((each) => each.overdue).length,
    ],
    [gauge('desk_runbooks_due', 'Runbooks that fall due.'), ({ dueRunbooks }) => dueRunbooks.length],
    [gauge('desk_runs_waiting', 'Runs that are open or parked.'), ({ open }) => open.length],
    [
      gauge('desk_audit_log_ok', 'Whether the audit log is sound in size (1) or not (0).'),
      ({ auditOk }) => Number(auditOk),
    ],
  ]
  const kills = new Counter({ name: 'desk_kills_total', help: 'Halts engaged through this process.', registers })
  const requests = new Counter({
    name: 'desk_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'code'],
    registers,
  })
  return {
    contentType: registry.contentType,
    countKill: () => {
      kills.inc()
    },
    countRequest: (about) => {
      requests.inc(about)
    },
    text: (state) => {
      known.set(state !== undefined && state.read.unknown === undefined ? 1 : 0)
      for (const each of states) trading.set({ state: each.toLowerCase() }, Number(isIn(each, state)))
      for (const [each, valueOf] of numbers) each.set(state === undefined ? Number.NaN : valueOf(state))
      return registry.metrics()
    },
  }
}

/** What cannot be told is HALTED, here as everywhere. */
const isIn = (name: (typeof states)[number], state: DeskState | undefined): boolean =>
  name === (state?.read.trading.state ?? 'HALTED')

/** What passes now: a rule that holds the whole desk lets no risk be added. */
const sizeOf = ({ read }: DeskState): number => (read.held === undefined ? read.trading.sizeMultiplier : 0)
