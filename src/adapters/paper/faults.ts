/** Ways in which the paper desk can be broken on purpose, and which of them are in force. Switching is `switch-fault.ts`. */
import type { Component, Place } from './store.ts'
import { isRecord, readComponent } from './store.ts'
import { modelFaults } from './models/faults.ts'
import { operationsFaults } from './operations/faults.ts'

const definitions = [
  ['venue-silent', 'Venue silent', 'primary takes connections and acknowledges nothing; its status page stays green'],
  ['status-red', 'Status page red', "primary's status page reports an outage"],
  [
    'bad-lots',
    'Order builder ignores lot sizes',
    'a deployed change makes the desk send quantities that are no whole lots',
  ],
  ['rate-limit-gone', 'Rate limit gone', "primary's request budget is used up"],
  ['blank-rejects', 'Blank reject codes', 'primary rejects orders without saying why'],
  ['stale-one', 'One stale symbol', 'the primary vendor sends no bars for NVDA'],
  ['stale-one-corporate-action', 'One symbol split', 'NVDA has no bars and a split today'],
  ['stale-all', 'Feed stale', 'the primary vendor sends no bars for any symbol'],
  ['backup-dead', 'Backup vendor dead', 'the backup vendor sends no bars and answers no ping'],
  ['old-hash', 'Old model on one host', 'one of eight inference hosts serves the version before, whatever it is told'],
  ['host-missing', 'Host missing', 'one of eight inference hosts is not there'],
  ['registry-unreachable', 'Registry unreachable', 'the model registry answers nothing'],
  ['pnl-outside-1', 'One day outside the band', 'the latest session lies below the 95 % band'],
  [
    'pnl-outside-3',
    'Three days outside the band',
    'three sessions lie below the 95 % band, and so do those to come until the model changes',
  ],
  ['replay-disagrees', 'Replay disagrees', 'the backtest engine does not reproduce the live fills'],
  ['alert-storm-unrelated', 'Alert storm, unrelated', 'dozens of alerts, none of their causes behind more than 60 %'],
  ['alert-storm-parent', 'Alert storm, new parent', 'dozens of alerts, most of one cause that has no ticket'],
  [
    'alert-storm-known-parent',
    'Alert storm, known parent',
    'dozens of alerts, most of one cause with an open incident',
  ],
  [
    'config-hot-edit',
    'Configuration edited by hand',
    'a live file differs from its commit, with no deploy in the last hours',
  ],
  [
    'config-hot-edit-after-deploy',
    'Configuration edited after a deploy',
    'a live file differs from its commit, half an hour after a deploy',
  ],
  ['limits-softened', 'Limits softened', 'the live limits are looser than the committed ones'],
  ['predictions-nan', 'Predictions not numbers', 'some of the latest predictions are NaN'],
  [
    'slippage-undocumented',
    'Slippage unusual',
    'slippage of the latest session is unusual, and no report documents it',
  ],
  ['acks-lost', 'Acknowledgements lost', 'primary fills orders that the internal book never hears of'],
  ...operationsFaults,
  ['duplicate-fills', 'Fill booked twice', 'primary repeats an execution, and the book counts it twice'],
  ['fill-never-happened', 'Fill that never happened', 'the book counts an execution that primary does not know'],
  ['side-flipped', 'Fill on the wrong side', 'the book has a purchase at primary as a sale'],
  ['position-drift', 'Position moved', 'a position at primary changed without any execution'],
  ['external-position', 'Foreign position', 'primary shows a position in a symbol that the desk never traded there'],
  ['split-unbooked', 'Split not booked', 'NVDA was split today; the book holds as many as before'],
  ['external-order', 'Foreign order', 'primary shows an open order that the desk never sent'],
  ['orders-unresolved', 'Order unresolved', 'the book holds an order for open of which primary knows nothing any more'],
  ['average-price-off', 'Average price wrong', 'the book has another average price of MSFT than primary'],
  ['cash-off', 'Cash wrong', 'the book carries 137.50 dollars less than primary states'],
  [
    'oversized-position',
    'Position above its limit',
    'just now the desk bought more of SPY than the position limit allows',
  ],
  ['backup-fills-slow', 'Slow fills on backup', 'the backup venue takes nine times as long as usual to fill'],
  [
    'symbol-halted',
    'One symbol halted',
    'the exchange has halted NVDA: no bars from either vendor, and no orders taken',
  ],
  [
    'feed-unsubscribed',
    'Subscriptions lost',
    'the primary vendor sends no bars until its symbols are subscribed again',
  ],
  ['missing-bars', 'Bars missing', "the primary vendor's history of the latest session lacks bars of two symbols"],
  ['bar-count-mismatch', 'Bar counts differ', 'the backup vendor has lacked one bar in forty for three sessions'],
  [
    'vendor-format-changed',
    'Vendor format changed',
    'since the week-end the primary vendor sends another format, with volumes in lots',
  ],
  ['price-jump', 'Price jumps', 'the last bar of MSFT from the primary vendor ended a quarter too high'],
  ['heartbeat-lost', 'Heartbeat lost', "primary's heartbeat and ping go unanswered, while orders still get through"],
  ['latency-high', 'Acknowledgements slow', 'primary acknowledges orders eight times slower than usual'],
  ['backup-venue-down', 'Backup venue down', 'the backup venue refuses connections'],
  [
    'auth-refused-on-backup',
    'Backup venue refuses the credential',
    'backup accepts no credential that was issued before',
  ],
  ['credentials-revoked-early', 'Credential revoked early', 'the credential in use at primary is revoked already'],
  ...modelFaults,
  ['adapter-throws', 'Adapter throws', 'every call throws'],
  ['adapter-hangs', 'Adapter hangs', 'no call ever returns'],
  ['adapter-nonsense', 'Adapter answers nonsense', 'every answer has the wrong shape'],
] as const

export type FaultId = (typeof definitions)[number][0]
export interface Fault {
  readonly id: FaultId
  readonly title: string
  /** What changes while it is on. */
  readonly changes: string
}
export const faults: readonly Fault[] = definitions.map(([id, title, changes]) => ({ id, title, changes }))
export const isFaultId = (id: string): id is FaultId => faults.some((fault) => fault.id === id)

interface FaultState {
  /** Fault id -> RFC 3339 moment since when it is on. */
  on: Readonly<Record<string, string>>
}

export const faultComponent: Component<FaultState> = {
  name: 'faults',
  parse: (value) => (isFaultState(value) ? value : undefined),
  seed: () => ({ on: {} }),
}

const isFaultState = (value: unknown): value is FaultState =>
  isRecord(value) && isRecord(value['on']) && Object.values(value['on']).every((since) => typeof since === 'string')

/** The faults in force. Throws PaperFailure where that cannot be told. */
export const activeFaults = (place: Place): ReadonlyMap<FaultId, Date> =>
  new Map(
    Object.entries(readComponent(place, faultComponent).on).flatMap(([id, since]) =>
      isFaultId(id) ? [[id, new Date(since)] as const] : [],
    ),
  )
