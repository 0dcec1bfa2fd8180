/** The JSON of a run's state, in the words that scripts rely on. */
export { gatesResult, type GateResult, type GatesResult, type GateWaiver, type GateWindow } from './result-gates.ts'
export { runbookResult } from './result-runbook.ts'
export { treeResult } from './result-tree.ts'
export { monitorsResult, type MonitorResult, type MonitorsResult } from './result-monitors.ts'
