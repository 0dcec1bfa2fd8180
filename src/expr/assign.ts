/** Which values may stand where a value of another shape is wanted. */
import type { Shape } from './shape.ts'

/** Whether every value of one shape is, as plain JSON, a value of the other. */
export function isAssignable(from: Shape, to: Shape): boolean {
  if (to.kind === 'optional') return isAssignable(from.kind === 'optional' ? from.of : from, to.of)
  switch (from.kind) {
    case 'optional':
      return false
    case 'enum':
      return to.kind === 'string' || (to.kind === 'enum' && from.values.every((value) => to.values.includes(value)))
    case 'int':
      return to.kind === 'int' || to.kind === 'double' || to.kind === 'decimal'
    case 'decimal':
      return to.kind === 'decimal' || to.kind === 'string'
    case 'list':
      return to.kind === 'list' && isAssignable(from.of, to.of)
    case 'object':
      return (
        to.kind === 'object' &&
        [...from.fields.keys()].every((name) => to.fields.has(name)) &&
        [...to.fields].every(([name, field]) => {
          const given = from.fields.get(name)
          return given === undefined ? field.kind === 'optional' : isAssignable(given, field)
        })
      )
    case 'string':
    case 'bool':
    case 'double':
      return to.kind === from.kind
  }
}

export function hintFor(from: Shape, to: Shape): string | undefined {
  if (from.kind === 'optional' && isAssignable(from.of, to)) return 'give a default with .orValue(...)'
  if (from.kind === 'string' && to.kind === 'decimal') return 'convert it with decimal(...)'
  if (to.kind === 'string' && ['int', 'double', 'bool'].includes(from.kind)) return 'convert it with string(...)'
  return undefined
}

/** An int where a decimal is wanted is written as text, as decimals are. */
export function asTarget(value: unknown, target: Shape): unknown {
  if (target.kind === 'optional') return asTarget(value, target.of)
  if (target.kind === 'decimal' && typeof value === 'number') return String(value)
  if (target.kind === 'list' && Array.isArray(value)) return value.map((item) => asTarget(item, target.of))
  return value
}
