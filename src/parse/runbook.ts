/** Runbooks as written. */
import * as z from 'zod'
import type { InputSpec } from '../model/graph.ts'
import { decimal } from '../ports/method.ts'
import type { PMap } from '../source/yaml.ts'
import { categories, recurrences, type Frequency, type Runbook } from './document.ts'
import { expectMap, Form } from './form.ts'
import type { Reading } from './reading.ts'
import { readSteps, scalarsOf } from './step.ts'
import { titledSteps } from './step-shapes.ts'
import { event, id, sources, sourcesOf, template, text, title } from './words.ts'

const recurrence = z.enum(recurrences)
export const frequencyShape = {
  text,
  every: recurrence.optional(),
  practise: recurrence.optional(),
  at_most: z.strictObject({ count: z.int().min(0), per: recurrence }).optional(),
}
const triggerShape = { text }
const anyScalar = z.union([z.string(), z.number(), z.boolean()])
export const inputShape = {
  type: z.enum(['string', 'int', 'decimal', 'bool']),
  required: z.boolean().optional(),
  default: anyScalar.optional(),
  paper: anyScalar.optional(),
  title: title.optional(),
}
const inputName = /^[a-z][A-Za-z0-9]{0,63}$/
export const runbookShape = {
  kind: z.literal('runbook'),
  id,
  title,
  category: z.enum(categories),
  source: sources.optional(),
  frequency: z.strictObject(frequencyShape),
  trigger: z.strictObject(triggerShape),
  inputs: z.record(z.string().regex(inputName), z.strictObject(inputShape)).optional(),
  locks: z.array(template).min(1).optional(),
  records: event.optional(),
  steps: z.array(z.unknown()).min(1),
  verify: z.array(z.unknown()).min(1),
}

type Own = Omit<Runbook, 'graph' | 'id' | 'title' | 'file' | 'root' | 'lostNames' | 'isWhole'>

export function readRunbook(root: PMap, reading: Reading): Own | undefined {
  // law/written-down says what is missing of these.
  const spared = ['frequency', 'trigger', 'steps', 'verify'] as const
  const form = new Form(runbookShape, root, 'a runbook', reading.report, spared)
  const category = form.get('category')
  const frequency = form.get('frequency')
  const trigger = form.get('trigger')
  const source = sourcesOf(form.get('source'))
  const rest = {
    inputs: readInputs(form.map('inputs'), reading),
    locks: scalarsOf(form.seq('locks'), form.get('locks') !== undefined),
    records: form.located('records'),
    steps: readSteps(form.seq('steps'), titledSteps, reading),
    verify: readSteps(form.seq('verify'), titledSteps, reading),
  }
  if (category === undefined) return undefined
  return {
    kind: 'runbook',
    source,
    category,
    frequency: frequency === undefined ? undefined : frequencyOf(frequency),
    trigger: trigger?.text,
    ...rest,
  }
}

const frequencyOf = ({ text, every, practise, at_most }: z.output<z.ZodObject<typeof frequencyShape>>): Frequency => ({
  text,
  every,
  practise,
  atMost: at_most,
})

export function readInputs(map: PMap | undefined, reading: Reading): Runbook['inputs'] {
  return (map?.entries ?? []).flatMap(({ key, keySpan, value }) => {
    if (!inputName.test(key)) {
      reading.report({
        rule: 'parse/bad-value',
        severity: 'error',
        message: `an input's name must be letters and digits, with a lower-case letter first`,
        span: keySpan,
      })
    }
    const entry = expectMap(key, value, reading.report)
    if (entry === undefined) return []
    const form = new Form(inputShape, entry, `input "${key}"`, reading.report)
    const type = form.get('type')
    form.get('title')
    if (type === undefined) {
      reading.isWhole = false
      return []
    }
    return [
      { name: key, span: keySpan, type, required: form.get('required') ?? false, ...valuesOf(type, form, reading) },
    ]
  })
}

const valueSchemas = { string: z.string(), int: z.int(), decimal, bool: z.boolean() } as const
const valueWords = {
  string: 'text',
  int: 'a whole number',
  decimal: 'a decimal number in quotes',
  bool: 'true or false',
}

function valuesOf(
  type: InputSpec['type'],
  form: Form<typeof inputShape>,
  reading: Reading,
): Pick<InputSpec, 'default' | 'paper'> {
  const valueAt = (key: 'default' | 'paper'): unknown => {
    const value = form.get(key)
    if (value === undefined || valueSchemas[type].safeParse(value).success) return value
    reading.report({
      rule: 'parse/wrong-type',
      severity: 'error',
      message: `"${key}" must be ${valueWords[type]}`,
      span: form.spanOf(key),
    })
    return undefined
  }
  const values = { default: valueAt('default'), paper: valueAt('paper') }
  return {
    ...(values.default === undefined ? {} : { default: values.default }),
    ...(values.paper === undefined ? {} : { paper: values.paper }),
  }
}
