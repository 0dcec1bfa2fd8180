/** Every rule there is, in the order in which they are documented. */
import { acyclic } from './acyclic.ts'
import { answersLeadSomewhere } from './answers-lead-somewhere.ts'
import { alertNeedsAction } from './alert-needs-action.ts'
import { approvalBefore } from './approval-before.ts'
import { cadenceFits } from './cadence-fits.ts'
import { causeBeforeResume } from './cause-before-resume.ts'
import { dueOrder } from './due-order.ts'
import { duplicateId } from './duplicate-id.ts'
import { evidenceIsEarned } from './evidence-is-earned.ts'
import { expectation } from './expectation.ts'
import { guardNeedsEvidence } from './guard-needs-evidence.ts'
import { haltAlways } from './halt-always.ts'
import { holdHasEvery } from './hold-has-every.ts'
import { leafKindFits } from './leaf-kind-fits.ts'
import { leakageBeforeRetrain } from './leakage-before-retrain.ts'
import { limitsNeverLoosened } from './limits-never-loosened.ts'
import { methodFits } from './method-fits.ts'
import { noBlindRetry } from './no-blind-retry.ts'
import { noImmortalModel } from './no-immortal-model.ts'
import { oneNameOneValue } from './one-name-one-value.ts'
import { ownHold } from './own-hold.ts'
import { paperValue } from './paper-value.ts'
import { pollHasEvery } from './poll-has-every.ts'
import { reachable } from './reachable.ts'
import { reconcileBeforeLoosening } from './reconcile-before-loosening.ts'
import type { Rule } from './rule.ts'
import { saveUnused } from './save-unused.ts'
import { savedBeforeRead } from './saved-before-read.ts'
import { secretInText } from './secret-in-text.ts'
import { served } from './served.ts'
import { severityDecides } from './severity-decides.ts'
import { slowReturn } from './slow-return.ts'
import { testedBackup } from './tested-backup.ts'
import { tighteningHasNoUndo } from './tightening-has-no-undo.ts'
import { undoFits } from './undo-fits.ts'
import { unknownMethod } from './unknown-method.ts'
import { unknownRunbook } from './unknown-runbook.ts'
import { unknownTree } from './unknown-tree.ts'
import { unsureTie } from './unsure-tie.ts'
import { writtenDown } from './written-down.ts'

export const rules: readonly Rule[] = [
  unknownMethod,
  unknownRunbook,
  unknownTree,
  served,
  methodFits,
  duplicateId,
  expectation,
  pollHasEvery,
  holdHasEvery,
  approvalBefore,
  oneNameOneValue,
  savedBeforeRead,
  saveUnused,
  paperValue,
  dueOrder,
  cadenceFits,
  unsureTie,
  undoFits,
  secretInText,
  writtenDown,
  acyclic,
  reachable,
  answersLeadSomewhere,
  leafKindFits,
  severityDecides,
  haltAlways,
  reconcileBeforeLoosening,
  causeBeforeResume,
  limitsNeverLoosened,
  guardNeedsEvidence,
  evidenceIsEarned,
  ownHold,
  noBlindRetry,
  tighteningHasNoUndo,
  slowReturn,
  noImmortalModel,
  leakageBeforeRetrain,
  testedBackup,
  alertNeedsAction,
]
