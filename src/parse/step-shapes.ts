/** What a step may hold, by the key that it has. */
import * as z from 'zod'
import { facts } from '../model/graph.ts'
import type { FormShape } from './form.ts'
import {
  clockDuration,
  duration,
  expression,
  id,
  methodName,
  moment,
  role,
  saveName,
  sources,
  template,
  text,
  title,
} from './words.ts'

export const stepKinds = ['do', 'check', 'wait', 'approve', 'attest', 'run', 'parallel'] as const
export type StepKind = (typeof stepKinds)[number]

const args = z.record(z.string(), z.unknown()).meta({ description: 'arguments by name' })
export const methodCallShape = { do: methodName, with: args.optional() }
export const checkCallShape = { check: methodName, with: args.optional() }
export const runbookCallShape = { run: id, with: args.optional() }
export const treeCallShape = { tree: id }
export const settleShape = { ...checkCallShape, done: expression }
export const retryShape = { max: z.int().min(1).max(20), every: clockDuration }
export const approveShape = {
  role,
  of: z.array(id).min(1),
  count: z.int().min(1).max(5).optional(),
  expires: clockDuration.optional(),
}
export const attestShape = { role, ask: template }
/** In a step, what is said may be one of a few words, each with a key of its own. */
export const statementShape = { ...attestShape, of: z.array(id).min(2).max(9).optional() }

const onFail = z.union([z.enum(['stop', 'continue']), z.strictObject(runbookCallShape), z.strictObject(treeCallShape)])

/** The parts of a check that gates share with steps. */
export const checkShape = {
  ...checkCallShape,
  expect: expression.optional(),
  record: z.array(expression).min(1).optional(),
  save: saveName.optional(),
}

/** Titles are required where people read the steps one by one, and left out within leaves. */
function stepShapes(titled: boolean) {
  const common = {
    title: titled ? title : title.optional(),
    source: sources.optional(),
    when: expression.optional(),
    on_fail: onFail.optional(),
  }
  const named = { id, ...common }
  return {
    do: {
      ...named,
      ...methodCallShape,
      save: saveName.optional(),
      timeout: clockDuration.optional(),
      retry: z.strictObject(retryShape).optional(),
      undo: z.strictObject(methodCallShape).optional(),
      settle: z.strictObject(settleShape).optional(),
    },
    check: {
      ...named,
      ...checkShape,
      timeout: clockDuration.optional(),
      within: clockDuration.optional(),
      for: duration.optional(),
      every: clockDuration.optional(),
      after: moment.optional(),
      guards: z.enum(facts).optional(),
    },
    wait: { ...named, wait: moment, guards: z.literal('risk').optional() },
    approve: { ...named, approve: z.strictObject(approveShape) },
    attest: { ...named, attest: z.strictObject(statementShape), save: saveName.optional() },
    run: { id: titled ? id : id.optional(), ...common, ...runbookCallShape },
    parallel: { ...named, parallel: z.array(z.unknown()).min(1) },
  } satisfies Record<StepKind, FormShape>
}

export type StepShapes = ReturnType<typeof stepShapes>
export const titledSteps = stepShapes(true)
export const leafSteps = stepShapes(false)

export const questionShape = {
  ask: template,
  source: sources.optional(),
  look: z
    .array(z.union([z.strictObject({ link: template }), z.strictObject({ fact: template })]))
    .min(1)
    .optional(),
  who: z.literal('person').optional(),
  probe: z.strictObject({ ...checkCallShape, answer: expression, save: saveName.optional() }).optional(),
  yes: id.optional(),
  no: id.optional(),
  answers: z.record(id, id).optional(),
  unsure: id.optional(),
  needs: z
    .strictObject({
      answer: text,
      ...checkCallShape,
      expect: expression,
      otherwise: text,
      guards: z.enum(facts).optional(),
    })
    .optional(),
}
