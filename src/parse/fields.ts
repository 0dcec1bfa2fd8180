/** Which keys a document may have, at every depth: the shapes that reading uses, with the meaning of each key. */
import * as z from 'zod'
import { caseShape, casesShape } from './cases.ts'
import type { FormShape } from './form.ts'
import { gateShape, gatesShape, holdShape } from './gates.ts'
import { incidentShape } from './incident.ts'
import { meanings } from './meanings.ts'
import { monitorShape, monitorsShape } from './monitors.ts'
import { inputShape, runbookShape } from './runbook.ts'
import { leafSteps, questionShape, stepKinds, type StepShapes, titledSteps } from './step-shapes.ts'
import { leafShape, treeShape } from './tree.ts'

export interface Field {
  readonly schema: z.ZodType
  readonly meaning: string
  /** What a mapping below it may hold; where it may take several forms, by what tells them apart. */
  readonly inside: readonly FieldGroup[]
}
export interface FieldGroup {
  /** What has these keys, where there are several forms: `check`. Empty where there is one. */
  readonly form: string
  readonly fields: ReadonlyMap<string, Field>
}

type Inside = Readonly<Record<string, () => readonly FieldGroup[]>>

/** The kinds of documents, and the test cases beside them. */
export const documentFields = (): ReadonlyMap<string, Field> =>
  new Map([
    [
      'runbook',
      whole('one procedure, walked from its first step to the end of its verify', 'runbook', runbookShape, ofRunbook),
    ],
    ['tree', whole('questions that lead to a finding and what is done about it', 'tree', treeShape, ofTree)],
    ['gates', whole('what has to be true in every period, judged as a set', 'gates', gatesShape, ofGates)],
    [
      'incident',
      whole('a class of incidents: found, acted on, contained, reviewed', 'incident', incidentShape, ofIncident),
    ],
    ['monitors', whole('what is watched, and who hears of it', 'monitors', monitorsShape, ofMonitors)],
    ['test', whole('cases of the document beside which it lies', 'test', casesShape, ofTest)],
  ])

const whole = (meaning: string, group: keyof typeof meanings, shape: FormShape, inside: Inside): Field => ({
  schema: z.strictObject(shape),
  meaning,
  inside: one(group, shape, inside),
})

const one = (group: keyof typeof meanings, shape: FormShape, inside: Inside = {}): readonly FieldGroup[] => [
  groupOf(meanings[group], shape, inside),
]

function groupOf(told: Readonly<Record<string, string>>, shape: FormShape, inside: Inside, form = ''): FieldGroup {
  const fields = Object.entries(shape).map(([key, schema]): [string, Field] => {
    const meaning = told[key]
    if (meaning === undefined) throw new Error(`nobody has said what "${key}" means`)
    const below = inside[key] // looked up only when asked for: steps hold steps
    return [
      key,
      {
        schema,
        meaning,
        get inside() {
          return below?.() ?? []
        },
      },
    ]
  })
  return { form, fields: new Map(fields) }
}

/** Of mappings that stand within a shape: through what may be absent, lists and mappings by name. */
const nested =
  (schema: z.core.$ZodType, group: keyof typeof meanings, inside: Inside = {}) =>
  (): readonly FieldGroup[] => [groupOf(meanings[group], shapeOf(objectsIn(schema)), inside)]

const shapeOf = (objects: readonly z.ZodObject[]): FormShape =>
  Object.fromEntries(objects.flatMap(({ shape }) => Object.entries<z.ZodType>(shape)))

function objectsIn(schema: z.core.$ZodType): readonly z.ZodObject[] {
  if (schema instanceof z.ZodObject) return [schema]
  if (schema instanceof z.ZodOptional) return objectsIn(schema.unwrap())
  if (schema instanceof z.ZodArray) return objectsIn(schema.element)
  if (schema instanceof z.ZodRecord) return objectsIn(schema.valueType)
  return schema instanceof z.ZodUnion ? schema.options.flatMap(objectsIn) : []
}

/** A step is told by the one key that it has, so what a key means depends on that. */
const stepsOf = (shapes: StepShapes) => (): readonly FieldGroup[] => {
  const inside: Inside = {
    on_fail: nested(shapes.do.on_fail, 'call'),
    retry: nested(shapes.do.retry, 'retry'),
    undo: nested(shapes.do.undo, 'call'),
    settle: nested(shapes.do.settle, 'settle'),
    approve: nested(shapes.approve.approve, 'approval'),
    attest: nested(shapes.attest.attest, 'statement'),
    parallel: stepsOf(shapes),
  }
  return stepKinds.map((kind) => groupOf({ ...meanings.step, ...meanings[kind] }, shapes[kind], inside, kind))
}

const ofRunbook: Inside = {
  frequency: nested(runbookShape.frequency, 'frequency', {
    at_most: nested(runbookShape.frequency.shape.at_most, 'at_most'),
  }),
  trigger: nested(runbookShape.trigger, 'trigger'),
  inputs: () => one('input', inputShape),
  steps: stepsOf(titledSteps),
  verify: stepsOf(titledSteps),
}
const ofTree: Inside = {
  questions: () =>
    one('question', questionShape, {
      look: nested(questionShape.look, 'look'),
      probe: nested(questionShape.probe, 'probe'),
      needs: nested(questionShape.needs, 'needs'),
    }),
  leaves: () => one('leaf', leafShape, { do: stepsOf(leafSteps), then: nested(leafShape.then, 'call') }),
}
const ofGates: Inside = {
  gates: () =>
    one('gate', gateShape, {
      due: nested(gateShape.due, 'due'),
      checks: nested(gateShape.checks, 'reading'),
      evidence: nested(gateShape.evidence, 'left'),
      attest: nested(gateShape.attest, 'statement'),
      on_fail: nested(gateShape.on_fail, 'action', { hold: () => one('hold', holdShape) }),
    }),
}
const ofIncident: Inside = {
  inputs: () => one('input', inputShape),
  act: stepsOf(titledSteps),
  detect: stepsOf(titledSteps),
  contain: stepsOf(titledSteps),
  review: stepsOf(titledSteps),
}
const ofMonitors: Inside = {
  monitors: () =>
    one('monitor', monitorShape, {
      checks: nested(monitorShape.checks, 'reading'),
      on_fail: nested(monitorShape.on_fail, 'action', { hold: () => one('hold', holdShape) }),
    }),
}
const ofTest: Inside = {
  cases: () =>
    one('case', caseShape, {
      evidence: nested(caseShape.evidence, 'earlier'),
      expect: nested(caseShape.expect, 'expect'),
    }),
}
