/** A JSON Schema in a few words: `text`, `whole number from 1 to 20`, `week, month or quarter`. */
import type * as z from 'zod'

type Schema = z.core.JSONSchema._JSONSchema
type Named = Readonly<Record<string, Schema>>

function namedIn(schema: Schema): Named {
  const definitions: unknown = typeof schema === 'boolean' ? undefined : schema['definitions']
  return isNamed(definitions) ? definitions : {}
}
const isNamed = (value: unknown): value is Named => typeof value === 'object' && value !== null

const formats: Readonly<Record<string, string>> = { 'date-time': 'RFC 3339 moment', date: 'date (YYYY-MM-DD)' }

/** Lists of choices as people say them. */
export const anyOf = (choices: readonly string[]): string =>
  choices.length < 2 ? choices.join('') : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`

/** `named`: what references lead to. */
export function words(schema: Schema, named = namedIn(schema)): string {
  if (typeof schema === 'boolean') return 'anything'
  const target = schema.$ref === undefined ? undefined : named[schema.$ref.replace('#/definitions/', '')]
  if (target !== undefined) return words(target, named)
  if (schema.description !== undefined) return schema.description
  if (schema.const !== undefined) return JSON.stringify(schema.const).replaceAll('"', '')
  if (schema.enum !== undefined) return anyOf(schema.enum.map(String))
  const several = schema.anyOf ?? schema.oneOf
  if (several !== undefined) return anyOf([...new Set(several.map((each) => words(each, named)))])
  const types: unknown = schema.type // several at once, although no type of the library says so
  if (isSeveral(types)) return anyOf(types.map((type) => words(type === undefined ? {} : { type })))
  switch (schema.type) {
    case 'string':
      return formats[schema.format ?? ''] ?? 'text'
    case 'integer':
      return `whole number${boundsOf(schema)}`
    case 'number':
      return `number${boundsOf(schema)}`
    case 'boolean':
      return 'true or false'
    case 'array':
      return listOf(schema.items, named)
    case 'object':
      return 'mapping'
    case 'null':
    case undefined:
      return 'anything'
    default:
      throw new Error(`a schema has a type that no schema has: ${JSON.stringify(schema.type)}`)
  }
}

const isSeveral = (types: unknown): types is readonly Exclude<Schema, boolean>['type'][] => Array.isArray(types)

function listOf(items: Exclude<Schema, boolean>['items'], named: Named): string {
  const each = items === undefined || Array.isArray(items) ? 'anything' : words(items, named)
  return each === 'anything' ? 'list' : `list of ${each}`
}

/** Whole numbers have the bounds of what a number can hold, which say nothing. */
function boundsOf({ minimum, maximum }: Exclude<Schema, boolean>): string {
  const least = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined
  if (least !== undefined && most !== undefined) return ` from ${String(least)} to ${String(most)}`
  return least === undefined ? (most === undefined ? '' : ` up to ${String(most)}`) : ` from ${String(least)}`
}
