/** Ways in which what surrounds the trading can be broken on purpose. `../faults.ts` joins them. */
export const operationsFaults = [
  ['not-ready', 'System never ready', 'the agent that decides never comes up, however often the system is started'],
  ['stale-lock', 'Lock of a dead process', 'a process lock is held by a process that died'],
  ['live-lock', 'Lock of a live process', 'a second order router is alive and holds its lock'],
  ['dr-not-ready', 'Second site not ready', 'the second site is three hours behind'],
  ['dns-moved', 'Name moved', "somebody has pointed the trading system's name elsewhere"],
  ['fence-unproven', 'Fencing unproven', 'the fencing device does not answer, so no site is proved to be cut off'],
  ['agent-slow', 'Agent slow', 'the signal agent takes seven seconds for an answer until it is restarted'],
  ['agent-crashed', 'Agent crashed', 'the execution agent does not answer until it is restarted'],
  ['bus-backlog', 'Bus backlog', 'thousands of quotes wait on the bus, most of them stale, until they are cleared'],
  ['slow-consumer', 'Slow consumer', 'the signal agent falls behind on the bus until it is restarted'],
  ['order-topic-backlog', 'Orders wait on the bus', 'orders wait on the bus until the execution agent is restarted'],
] as const
