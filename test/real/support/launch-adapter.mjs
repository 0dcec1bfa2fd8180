// What a live desk's own programs answer on a good day: everything that the gates P1 to P4 and a start ask for is in order.
let text = ''
for await (const part of process.stdin) text += part
const { kind, port, method, args } = JSON.parse(text)
const asOf = new Date().toISOString()
const limit = (name) => ({ name, inForce: '1', committed: '1', before: '1', looser: 'higher', softened: false })
const current = { version: 'v2', hash: 'b'.repeat(64), createdAt: asOf, state: 'active' }
const agent = {
  name: 'router',
  role: 'execution',
  status: 'running',
  latencyMs: 3,
  successRate: 1,
  paused: false,
  usesDefault: false,
  queue: 0,
  reports: [],
  receives: 'nothing',
}
const values = {
  'tickets.find': { tickets: [] },
  'reports.drill': { found: true, count: 1, latestAt: asOf, ageDays: 0, recoveredInMinutes: 0.5 },
  'risk.limits': {
    softened: 0,
    limits: ['max-position', 'daily-drawdown-floor', 'value-at-risk', 'single-name-share'].map(limit),
  },
  'config.head': { commit: 'c1', hash: 'h1' },
  'config.liveHash': { hash: 'h1' },
  'routing.getBroker': { venue: 'primary' },
  'secrets.metadata': { name: args.name, current: 'v2', rotatedAt: asOf, ageDays: 1, versions: [current] },
  'secrets.inUse': { version: 'v2', hash: current.hash },
  'venue.fetchBalance': { venue: args.venue, cash: '1000', currency: 'USD', credential: args.credential },
  'venue.ping': { venue: 'primary', latencyMs: 3 },
  'venue.fetchOpenOrders': { venue: 'primary', open: 0, pendingCancel: 0, unknown: 0, orders: [] },
  'venue.listStops': { venue: 'primary', stops: [] },
  'config.diff': { same: true, files: [], loosens: false, text: '' },
  'system.validateConfig': { valid: true, errors: [] },
  'system.state': { state: 'running', pid: 1, clean: true },
  'system.ready': { ready: true, components: [{ name: 'execution', critical: 'critical', status: 'ok' }] },
  'agents.status': { agents: [agent] },
  'data.ping': { vendor: args.vendor, latencyMs: 3 },
  'data.compareCounts': { sessions: 5, primary: 100, backup: 100, divergence: 0, current: true },
}
const effects = {
  'notify.post': { id: 'm-1' },
  'notify.page': { id: 'm-2' },
  'venue.cancelAllOrders': { venue: 'primary', requested: 0, stops: [] },
  'system.start': { state: 'running' },
}
const value = (kind === 'act' ? effects : values)[`${port}.${method}`]
const answer =
  kind === 'act' && value !== undefined
    ? { kind: 'done', value, asOf }
    : value === undefined
      ? { kind: kind === 'act' ? 'failed' : 'failure', reason: 'not served here' }
      : { kind: 'value', value, asOf, complete: true }
process.stdout.write(JSON.stringify(answer))
