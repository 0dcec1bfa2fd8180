/** What a schema accepts, in the words that people write it with. */
import * as z from 'zod'
import { words } from './schema-words.ts'
import type { Output } from '../output/published.ts'

export type KeyTold = Extract<Output<'explain'>['explained'], { readonly kind: 'method' }>['result'][number]

export const typeOf = (schema: z.core.$ZodType): string =>
  words(z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }))

export const isNeeded = (schema: z.core.$ZodType): boolean => schema._zod.optin !== 'optional'

/** Arguments or a result, inner fields below theirs as `hosts[].name`. */
export function fieldsOf(schema: z.ZodObject, prefix = ''): readonly KeyTold[] {
  const shape: Readonly<Record<string, z.core.$ZodType>> = schema.shape
  return Object.entries(shape).flatMap(([name, field]) => {
    const { inner, mark, mayLack } = opened(field)
    const path = `${prefix}${name}${mark}`
    const told = { name: path, needed: !mayLack }
    return inner instanceof z.ZodObject
      ? [{ ...told, type: mark === '' ? 'mapping' : 'list' }, ...fieldsOf(inner, `${path}.`)]
      : [{ ...told, type: mark === '' ? typeOf(inner) : `list of ${typeOf(inner)}` }]
  })
}

interface Opened {
  readonly inner: z.core.$ZodType
  /** `[]` for a list. */
  readonly mark: string
  /** It may be absent or null: expressions say `.hasValue()` first. */
  readonly mayLack: boolean
}

function opened(schema: z.core.$ZodType): Opened {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return { ...opened(schema.unwrap()), mayLack: true }
  if (schema instanceof z.ZodArray) {
    const { inner, mark } = opened(schema.element)
    return { inner, mark: `[]${mark}`, mayLack: false }
  }
  return { inner: schema, mark: '', mayLack: false }
}
