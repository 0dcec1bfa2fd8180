/**
 * What expressions know of a value: its shape, read from the zod schema of an adapter method. What expressions could not check is
 * refused when the method is registered: unions, records, `any`, transforms and the like have no shape.
 */
import * as z from 'zod'
import type { InputSpec } from '../model/graph.ts'
import { decimal } from '../ports/method.ts'

export type Shape =
  | ObjectShape
  | EnumShape
  | { readonly kind: 'list'; readonly of: Shape }
  /** Absent and null are one thing: none. */
  | { readonly kind: 'optional'; readonly of: Shape }
  | ScalarShape

export interface ObjectShape {
  readonly kind: 'object'
  /** For messages, e.g. `registry.verifyVersion result`. */
  readonly name: string
  readonly fields: ReadonlyMap<string, Shape>
  /** Instances are what evaluation sees: plain objects inside lists would escape the type checker. */
  readonly ctor: new (fields: Readonly<Record<string, unknown>>) => ObjectValue
}
export interface EnumShape {
  readonly kind: 'enum'
  readonly values: readonly string[]
  readonly ctor: new (value: string) => EnumValue
}
export interface ScalarShape {
  readonly kind: 'string' | 'bool' | 'int' | 'double' | 'decimal'
}

/** An object under evaluation; its fields are own properties. */
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- the class is the type, and any member would hide a field
export abstract class ObjectValue {
  constructor(fields: Readonly<Record<string, unknown>>) {
    Object.assign(this, fields)
  }
}
/** One of the values of an enum under evaluation. */
export abstract class EnumValue {
  readonly value: string
  constructor(value: string) {
    this.value = value
  }
}

/** A schema that expressions cannot check; `path` says where in it. */
export class Unrepresentable extends Error {
  override readonly name = 'Unrepresentable'
  readonly path: string
  constructor(path: string, why: string) {
    super(`${path}: ${why}`)
    this.path = path
  }
}

const scalars = {
  string: { kind: 'string' },
  bool: { kind: 'bool' },
  int: { kind: 'int' },
  double: { kind: 'double' },
  decimal: { kind: 'decimal' },
} as const satisfies Record<ScalarShape['kind'], ScalarShape>

/** The one shape of a kind; shapes are compared by identity where environments are cached. */
export const scalarShape = (kind: ScalarShape['kind']): ScalarShape => scalars[kind]

export const optionalShape = (of: Shape): Shape => (of.kind === 'optional' ? of : { kind: 'optional', of })

export function objectShape(name: string, fields: ReadonlyMap<string, Shape>): ObjectShape {
  return { kind: 'object', name, fields, ctor: class extends ObjectValue {} }
}

const enums = new Map<string, EnumShape>()

/** Enums with the same values are one type, so that a saved status compares with a fresh one. */
export function enumShape(values: readonly string[]): EnumShape {
  const key = JSON.stringify([...values].sort())
  const known = enums.get(key)
  if (known !== undefined) return known
  const shape: EnumShape = { kind: 'enum', values, ctor: class extends EnumValue {} }
  enums.set(key, shape)
  return shape
}

const bySchema = new WeakMap<z.core.$ZodType, Shape>()

/**
 * The shape of a schema; the same schema gives the same shape. Throws `Unrepresentable` with the path of the first thing outside the
 * vocabulary. `name` appears in messages only.
 */
export function shapeOf(schema: z.core.$ZodType, name: string): Shape {
  const known = bySchema.get(schema)
  if (known !== undefined) return known
  const shape = readSchema(schema, name)
  bySchema.set(schema, shape)
  return shape
}

function readSchema(schema: z.core.$ZodType, path: string): Shape {
  if (schema === decimal) return scalars.decimal
  if (schema instanceof z.ZodObject) return readObject(schema, path)
  if (schema instanceof z.ZodArray) return { kind: 'list', of: shapeOf(schema.element, `${path}[]`) }
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return optionalShape(shapeOf(schema.unwrap(), path))
  if (schema instanceof z.ZodEnum) return enumOf(schema.options, path)
  if (schema instanceof z.ZodLiteral) return enumOf([...schema.values], path)
  if (schema instanceof z.ZodBoolean) return scalars.bool
  if (schema instanceof z.ZodNumber) return isInteger(schema) ? scalars.int : scalars.double
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return scalars.string
  const { type } = schema._zod.def
  throw new Unrepresentable(path, alternatives[type] ?? `${type} is not in the vocabulary of expressions`)
}

const alternatives: Readonly<Record<string, string>> = {
  union: 'a union cannot be checked: use an enum field and optional fields',
  record: 'a record accepts any key: use a list of {key, value}',
  date: 'a Date is no JSON: use an RFC 3339 string',
  bigint: 'a bigint is no JSON: use z.int()',
  pipe: 'a transform hides what it makes',
  transform: 'a transform hides what it makes',
  tuple: 'a tuple has no field names: use an object',
  any: 'any value passes: name the fields',
  unknown: 'any value passes: name the fields',
  lazy: 'a recursive schema has no finite shape',
}

/** Words of the expression language, and a name that would hide what an instance is made by. */
const noFields = new Set(['in', 'true', 'false', 'null', 'constructor'])

function readObject(schema: z.ZodObject, path: string): Shape {
  if (!(schema._zod.def.catchall instanceof z.ZodNever))
    throw new Unrepresentable(path, 'unknown keys would pass: use z.strictObject')
  const fields = new Map<string, Shape>()
  const inner: Readonly<Record<string, z.core.$ZodType>> = schema.shape
  for (const [key, value] of Object.entries(inner)) {
    if (!/^[a-z][A-Za-z0-9]*$/.test(key) || noFields.has(key))
      throw new Unrepresentable(path, `"${key}" is no field name: camelCase letters and digits`)
    fields.set(key, shapeOf(value, `${path}.${key}`))
  }
  return objectShape(path, fields)
}

function enumOf(values: readonly unknown[], path: string): Shape {
  if (values.length > 0 && values.every((value) => typeof value === 'string')) return enumShape(values)
  throw new Unrepresentable(path, 'only text can be one of several values')
}

const isInteger = (schema: z.ZodNumber): boolean =>
  schema.format === 'safeint' || schema.format === 'int32' || schema.format === 'uint32'

/** The inputs of a document as one object; an input that is neither required nor has a default is optional. */
export function fromInputs(inputs: readonly InputSpec[]): ObjectShape {
  const fields = inputs.map(({ name, type, required, default: fallback }): [string, Shape] => [
    name,
    required || fallback !== undefined ? scalars[type] : optionalShape(scalars[type]),
  ])
  return objectShape('inputs', new Map(fields))
}

/** The shape in words, for messages. */
export function describe(shape: Shape): string {
  switch (shape.kind) {
    case 'object':
      return 'an object'
    case 'list':
      return `a list of ${describe(shape.of).replace(/^an? /, '')}`
    case 'optional':
      return `an optional ${describe(shape.of).replace(/^an? /, '')}`
    case 'enum':
      return `one of ${quoted(shape.values)}`
    case 'bool':
      return 'a bool'
    case 'int':
      return 'an int'
    case 'string':
    case 'double':
    case 'decimal':
      return `a ${shape.kind}`
  }
}

/** `"a", "b", "c"`, cut after a dozen. */
export const quoted = (values: readonly string[]): string =>
  values
    .slice(0, 12)
    .map((value) => JSON.stringify(value))
    .join(', ') + (values.length > 12 ? ', ...' : '')
