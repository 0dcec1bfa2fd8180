// What a live desk's own programs answer on the day of its launch: everything that the gates P1 to P4 ask for is in order.
let text = ''
for await (const part of process.stdin) text += part
const { kind, port, method, args } = JSON.parse(text)
const asOf = new Date().toISOString()
const limit = (name) => ({ name, inForce: '1', committed: '1', before: '1', looser: 'higher', softened: false })
const current = { version: 'v2', hash: 'b'.repeat(64), createdAt: asOf, state: 'active' }
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
  'data.ping': { vendor: args.vendor, latencyMs: 3 },
  'data.compareCounts': { sessions: 5, primary: 100, backup: 100, divergence: 0, current: true },
}
const sent = ['notify.post', 'notify.page'].includes(`${port}.${method}`) ? { id: 'm-1' } : undefined
const value = kind === 'act' ? sent : values[`${port}.${method}`]
const answer =
  kind === 'act' && sent !== undefined
    ? { kind: 'done', value: sent, asOf }
    : value === undefined
      ? { kind: kind === 'act' ? 'failed' : 'failure', reason: 'not served here' }
      : { kind: 'value', value, asOf, complete: true }
process.stdout.write(JSON.stringify(answer))
