/**
 * JSON Schemas (draft-07) of the authored documents, for editors: from the same zod shapes that reading uses, and from the schemas of the
 * methods. What is written as an interpolation is accepted wherever a value is.
 */
import * as z from 'zod'
import type { Catalogue } from '../check/rule.ts'
import { caseShape, casesShape } from '../parse/cases.ts'
import { gatesShape, gateShape } from '../parse/gates.ts'
import { incidentShape } from '../parse/incident.ts'
import { monitorShape, monitorsShape } from '../parse/monitors.ts'
import { runbookShape } from '../parse/runbook.ts'
import { leafSteps, questionShape, titledSteps, type StepShapes } from '../parse/step-shapes.ts'
import { leafShape, treeShape } from '../parse/tree.ts'
import { id } from '../parse/words.ts'
import type { MethodDefinition } from '../ports/method.ts'

export type Json = Readonly<Record<string, unknown>>

/** One schema per kind of document: `runbook`, `tree`, `gates`, and `test` for their cases. */
export function documentSchemas(catalogue: Catalogue): ReadonlyMap<string, Json> {
  const methods = [...catalogue.values()]
  const calls = { do: argumentsOf(methods, 'do'), check: argumentsOf(methods, 'check') }
  return new Map(
    Object.entries(documents()).map(([kind, schema]) => {
      const { definitions, ...root } = jsonOf(schema)
      const own = isJson(definitions) ? definitions : {}
      const made = withMethods({ ...root, definitions: { ...own } }, methods)
      const shared = isJson(made['definitions']) ? made['definitions'] : {}
      const named = kind === 'test' ? shared : { ...shared, ...calls } // cases call nothing
      return [kind, { ...made, title: `desk ${kind}`, definitions: named }]
    }),
  )
}

function documents() {
  const step = stepOf(titledSteps)
  const leaf = z.strictObject({ ...leafShape, do: z.array(stepOf(leafSteps)).optional() })
  const question = z.strictObject(questionShape)
  return {
    runbook: z.strictObject({ ...runbookShape, steps: z.array(step).min(1), verify: z.array(step).min(1) }),
    tree: z.strictObject({ ...treeShape, questions: z.record(id, question), leaves: z.record(id, leaf) }),
    gates: z.strictObject({ ...gatesShape, gates: z.array(z.strictObject(gateShape)).min(1) }),
    incident: z.strictObject({
      ...incidentShape,
      act: z.array(step).min(1),
      detect: z.array(step).min(1),
      contain: z.array(step).min(1),
      review: z.array(step).min(1),
    }),
    monitors: z.strictObject({ ...monitorsShape, monitors: z.array(z.strictObject(monitorShape)).min(1) }),
    test: z.strictObject({ ...casesShape, cases: z.array(z.strictObject(caseShape)).min(1) }),
  }
}

function stepOf(shapes: StepShapes): z.ZodType {
  const step: z.ZodType = z.lazy(() => {
    const parallel = z.strictObject({ ...shapes.parallel, parallel: z.array(step).min(1) })
    const { do: does, check, wait, approve, attest, run } = shapes
    return z.union([...[does, check, wait, approve, attest, run].map((shape) => z.strictObject(shape)), parallel])
  })
  return step
}

const jsonOf = (schema: z.ZodType): Json => z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })

/** What `with` must hold, method by method: `if` the call names it, `then` its arguments. */
function argumentsOf(methods: readonly MethodDefinition[], key: 'do' | 'check'): Json {
  const named = methods.filter((method) => (method.effect === 'none') === (key === 'check'))
  return {
    allOf: named.map((method) => ({
      if: { properties: { [key]: { const: nameOf(method) } }, required: [key] },
      then: thenOf(method),
    })),
  }
}

const nameOf = ({ port, name }: MethodDefinition): string => `${port}.${name}`

function thenOf(method: MethodDefinition): Json {
  const {
    $schema: _dialect,
    definitions,
    ...args
  } = z.toJSONSchema(method.args, {
    target: 'draft-7',
    io: 'input',
    override: ({ jsonSchema }) => {
      allowInterpolation(jsonSchema)
    },
  })
  const isNeeded = Array.isArray(args.required) && args.required.length > 0
  const withArgs = { ...inlined(args, isJson(definitions) ? definitions : {}), description: method.summary }
  return { properties: { with: withArgs }, ...(isNeeded ? { required: ['with'] } : {}) }
}

const interpolation = { type: 'string', pattern: '\\$\\{\\{' }

/** Free text may hold interpolations anyway; everything narrower may be one instead. */
function allowInterpolation(schema: Record<string, unknown>): void {
  const { type } = schema
  const isFree =
    type === 'string' &&
    schema['enum'] === undefined &&
    schema['pattern'] === undefined &&
    schema['format'] === undefined
  if (type === undefined || type === 'object' || isFree) return
  const own = { ...schema }
  for (const key of Object.keys(schema)) Reflect.deleteProperty(schema, key)
  schema['anyOf'] = [own, interpolation]
}

/** References to the method's own definitions replaced by what they stand for; arguments never recur. */
function inlined(value: Json, definitions: Json): Json {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      const target =
        key === '$ref' && typeof inner === 'string' ? definitions[inner.replace('#/definitions/', '')] : undefined
      if (isJson(target))
        return Object.entries(inlined(target, definitions)).filter(([name]) => name !== '$id' && name !== 'id')
      return [[key, mapped(inner, (part) => inlined(part, definitions))]]
    }),
  )
}

/** Every mapping that calls a method gets the names of the methods, and their arguments by name. */
function withMethods(value: Json, methods: readonly MethodDefinition[]): Json {
  const inner = Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, mapped(part, (p) => withMethods(p, methods))]),
  )
  const { properties } = inner
  if (!isJson(properties) || properties['with'] === undefined) return inner
  const key = properties['do'] !== undefined ? 'do' : properties['check'] !== undefined ? 'check' : undefined
  if (key === undefined) return inner
  const names = methods.filter((method) => (method.effect === 'none') === (key === 'check')).map(nameOf)
  return {
    ...inner,
    properties: { ...properties, [key]: { type: 'string', enum: names } },
    allOf: [{ $ref: `#/definitions/${key}` }],
  }
}

const mapped = (value: unknown, each: (part: Json) => Json): unknown =>
  Array.isArray(value) ? value.map((item: unknown) => mapped(item, each)) : isJson(value) ? each(value) : value

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
