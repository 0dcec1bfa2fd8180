/** The adapter methods as the page about them lists them. */
import * as z from 'zod'
import { catalogue } from '../../src/ports/catalogue.ts'
import type { MethodDefinition } from '../../src/ports/method.ts'

export const methodsHead = ['method', 'does', 'arguments', 'result', 'kind'] as const

export const methodRows = (): string[][] =>
  [...catalogue.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, method]) => [
      `\`${name}\``,
      method.summary,
      fieldsOf(method.args),
      fieldsOf(method.result),
      kindOf(method),
    ])

/** `field?` may be absent; `field[]` is a list; inner fields stand in braces. */
function fieldsOf(schema: z.ZodObject): string {
  const fields = describedFields(schema)
  return fields === '' ? '' : `\`${fields}\``
}

function describedFields(schema: z.ZodObject): string {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape
  return Object.entries(shape)
    .map(([name, field]) => described(name, field))
    .join(', ')
}

function described(name: string, field: z.core.$ZodType): string {
  if (field instanceof z.ZodOptional || field instanceof z.ZodNullable)
    return described(`${name}?`.replace('??', '?'), field.unwrap())
  if (field instanceof z.ZodArray) return described(`${name}[]`, field.element)
  return field instanceof z.ZodObject ? `${name} { ${describedFields(field)} }` : name
}

function kindOf({ effect, risk, loosens, tightens }: MethodDefinition): string {
  if (effect === 'none') return 'reads'
  const notes = [effect, risk === 'neutral' ? '' : `${risk} risk`, loosens ? 'loosens' : '', tightens ? 'tightens' : '']
  return notes.filter((note) => note !== '').join(', ')
}
