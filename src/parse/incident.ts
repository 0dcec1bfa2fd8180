/** Classes of incidents as written. */
import * as z from 'zod'
import { severities } from '../model/graph.ts'
import type { PMap } from '../source/yaml.ts'
import type { CheckStep, IncidentClass, Step } from './document.ts'
import { Form } from './form.ts'
import type { Reading } from './reading.ts'
import { readInputs, runbookShape } from './runbook.ts'
import { readSteps } from './step.ts'
import { titledSteps } from './step-shapes.ts'
import { id, sources, sourcesOf, text, title } from './words.ts'

export const incidentShape = {
  kind: z.literal('incident'),
  id,
  title,
  severity: z.enum(severities),
  symptom: text,
  source: sources.optional(),
  inputs: runbookShape.inputs,
  act: z.array(z.unknown()).min(1),
  detect: z.array(z.unknown()).min(1),
  contain: z.array(z.unknown()).min(1),
  review: z.array(z.unknown()).min(1),
}

type Own = Omit<IncidentClass, 'graph' | 'id' | 'title' | 'file' | 'root' | 'lostNames' | 'isWhole'>

export function readIncident(root: PMap, reading: Reading): Own | undefined {
  const form = new Form(incidentShape, root, 'an incident class', reading.report)
  const severity = form.get('severity')
  const symptom = form.get('symptom')
  const source = sourcesOf(form.get('source'))
  const parts = {
    inputs: readInputs(form.map('inputs'), reading),
    act: stepsAt('act', form, reading),
    detect: stepsAt('detect', form, reading).flatMap((step) => detectionOf(step, reading) ?? []),
    contain: stepsAt('contain', form, reading),
    review: stepsAt('review', form, reading),
  }
  if (severity === undefined || symptom === undefined) return undefined
  return { kind: 'incident', source, severity, symptom, ...parts }
}

function stepsAt(
  key: 'act' | 'detect' | 'contain' | 'review',
  form: Form<typeof incidentShape>,
  reading: Reading,
): readonly Step[] {
  form.get(key)
  return readSteps(form.seq(key), titledSteps, reading)
}

/** Read in one go and by anything that looks, so it neither waits nor depends on what a run has saved. */
function detectionOf(step: Step, reading: Reading): CheckStep | undefined {
  const isPlain =
    step.kind === 'check' &&
    step.expect !== undefined &&
    [step.within, step.for, step.after, step.save, step.when, step.guards].every((each) => each === undefined)
  if (isPlain) return step
  reading.report({
    rule: 'parse/detection',
    severity: 'error',
    message: 'a detection is a check with `expect`, without anything that waits or saves',
    span: step.span,
  })
  reading.isWhole = false
  return undefined
}
