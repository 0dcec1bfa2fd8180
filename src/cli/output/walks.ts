/** What walks answer: trees, runbooks, gates, and plans of them. */
import * as z from 'zod'
import { alertLevels, monitorLayers } from '../../model/graph.ts'
import { failure, leafKind, list, need, nodeKind, output, runHead, shownEvidence } from './parts.ts'

const text = z.string()

const pathStep = z.strictObject({
  question: text,
  answer: text,
  overruled: text.optional(),
  by: text,
  evidence: shownEvidence.optional(),
})
const treeFields = {
  tree: text,
  leaf: z.strictObject({ id: text, kind: leafKind, title: text }).optional(),
  path: list(pathStep),
  actions: list(z.strictObject({ do: text, status: z.enum(['offered', 'done', 'declined', 'refused', 'failed']) })),
}
const treeAlone = z.strictObject(treeFields)
interface TreePart extends z.output<typeof treeAlone> {
  readonly then?: readonly TreePart[] | undefined
}
/** A tree that followed a leaf, and what followed that. */
const treePart: z.ZodType<TreePart> = treeAlone.extend({ then: z.lazy(() => list(treePart)).optional() })
export const tree = output({
  run: runHead,
  ...treeFields,
  then: list(treePart).optional(),
  needs: list(need).optional(),
})

const step = z.strictObject({
  id: text,
  kind: nodeKind,
  title: text,
  status: z.enum(['planned', 'passed', 'done', 'failed', 'undetermined', 'unknown', 'waived', 'skipped', 'waiting']),
  evidence: shownEvidence.optional(),
  reason: text.optional(),
})
export const runbook = output({
  run: runHead,
  runbook: text,
  dryRun: z.literal(false),
  steps: list(step),
  verify: list(step),
  resumeAt: text.optional(),
  needs: list(need).optional(),
})

export const gates = output({
  run: runHead,
  cadence: text,
  complete: z.boolean(),
  gates: list(
    z.strictObject({
      id: text,
      title: text,
      status: z.enum(['pass', 'fail', 'undetermined', 'pending', 'waiting', 'missed', 'waived']),
      window: z.strictObject({ from: text, to: text }),
      evidence: shownEvidence.optional(),
      reason: text.optional(),
    }),
  ),
})
export const monitors = output({
  run: runHead,
  set: text,
  monitors: list(
    z.strictObject({
      id: text,
      title: text,
      layer: z.enum(monitorLayers),
      level: z.enum(alertLevels),
      status: z.enum(['pass', 'fail', 'undetermined', 'pending']),
      evidence: shownEvidence.optional(),
      reason: text.optional(),
      trouble: list(text).optional(),
      action: text,
    }),
  ),
  needs: list(need).optional(),
})
/** Whatever was walked. */
export const walked = z.union([tree, runbook, gates, monitors])

const plannedStep = z.strictObject({
  id: text,
  kind: nodeKind,
  title: text,
  status: z.enum(['planned', 'passed', 'failed', 'undetermined', 'skipped', 'waiting']),
  method: text.optional(),
  args: z.record(text, z.unknown()).optional(),
  evidence: shownEvidence.optional(),
  answer: text.optional(),
  reason: text.optional(),
})
/** One of `tree`, `runbook` and `cadence` says what is planned; only runbooks have a verify part. */
export const plan = output({
  run: z.strictObject({ id: z.literal(''), status: z.literal('planned') }),
  tree: text.optional(),
  runbook: text.optional(),
  cadence: text.optional(),
  dryRun: z.literal(true),
  steps: list(plannedStep),
  verify: list(plannedStep).optional(),
})

const notTakenUp = z.strictObject({ run: z.strictObject({ id: text }), error: failure.omit({ hint: true }) })
/** Every run that was due, each as it ended. */
export const due = output({ runs: list(z.union([tree, runbook, gates, monitors, notTakenUp])) })
