/** The JSON of a run's state, in the words that scripts rely on. */
export { gatesResult, type GateResult, type GatesResult, type GateWindow } from './result-gates.ts'
export { runbookResult, type RunbookResult } from './result-runbook.ts'
export { treeResult, type TreeResult } from './result-tree.ts'
export { runHead, runStatus, type RunHead, type Shown, type ShownEvidence, type StepResult } from './shown.ts'
