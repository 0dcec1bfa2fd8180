/** Plain JSON values into what evaluation sees, by shape, and back. Whatever does not fit its shape is undetermined. */
import { Optional } from '@marcbachmann/cel-js'
import { Decimal } from './decimal.ts'
import { EnumValue, ObjectValue, describe, type Shape } from './shape.ts'
import { Undetermined } from './undetermined.ts'

/** `path` names the value in messages. Throws `Undetermined`; NaN and infinities never pass, no comparison may decide on them. */
export function toCel(shape: Shape, value: unknown, path: string): unknown {
  if (shape.kind === 'optional')
    return value === undefined || value === null ? Optional.none() : Optional.of(toCel(shape.of, value, path))
  if (value === undefined) throw new Undetermined('missing', `${path} has no value`)
  switch (shape.kind) {
    case 'object': {
      if (!isRecord(value)) break
      const fields: Record<string, unknown> = {}
      for (const [name, field] of shape.fields)
        fields[name] = toCel(field, Object.hasOwn(value, name) ? value[name] : undefined, `${path}.${name}`)
      return new shape.ctor(fields)
    }
    case 'list':
      if (!Array.isArray(value)) break
      return value.map((item, i) => toCel(shape.of, item, `${path}[${String(i)}]`))
    case 'enum':
      if (typeof value !== 'string' || !shape.values.includes(value)) break
      return new shape.ctor(value)
    case 'decimal': {
      const parsed = typeof value === 'string' ? Decimal.parse(value) : undefined
      if (parsed === undefined) break
      return parsed
    }
    case 'int':
      if (typeof value !== 'number') break
      if (!Number.isSafeInteger(value)) throw new Undetermined('not-exact', `${path} is ${String(value)}, no exact int`)
      return BigInt(value)
    case 'double':
      if (typeof value !== 'number') break
      if (!Number.isFinite(value)) throw new Undetermined('not-exact', `${path} is ${String(value)}`)
      return value
    case 'string':
      if (typeof value !== 'string') break
      return value
    case 'bool':
      if (typeof value !== 'boolean') break
      return value
  }
  throw new Undetermined('wrong-type', `${path} is not ${describe(shape)}`)
}

/** Plain JSON: decimals and enum values become strings, none becomes `undefined`. Throws `Undetermined` for an int beyond 2^53. */
export function toPlain(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    if (!Number.isSafeInteger(number)) throw new Undetermined('not-exact', `${String(value)} is no exact number`)
    return number
  }
  if (typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new Undetermined('not-exact', `the value is ${String(value)}`)
    return value
  }
  if (value instanceof Decimal) return value.toString()
  if (value instanceof EnumValue) return value.value
  if (value instanceof Optional) return value.hasValue() ? toPlain(value.value()) : undefined
  if (Array.isArray(value)) return value.map((item) => toPlain(item) ?? null)
  if (value instanceof ObjectValue)
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, field]): [string, unknown] => [name, toPlain(field)])
        .filter(([, field]) => field !== undefined),
    )
  throw new Undetermined('wrong-type', 'the value has no JSON form')
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
