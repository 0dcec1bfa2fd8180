import { expect, test } from 'vitest'
import { documentSchemas } from '../../src/plan/json-schema.ts'
import { catalogue } from '../../src/ports/catalogue.ts'

const schemas = documentSchemas(catalogue)
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((part, key) => (isRecord(part) ? part[key] : undefined), value)
}
function everyRef(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(everyRef)
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' && typeof inner === 'string' ? [inner] : everyRef(inner),
  )
}

test('there is one schema per kind, and every reference within it leads somewhere', () => {
  expect([...schemas.keys()]).toEqual(['runbook', 'tree', 'gates', 'incident', 'monitors', 'test'])
  for (const schema of [...schemas.values()].slice(0, 3)) {
    const refs = everyRef(schema)
    expect(refs.length).toBeGreaterThan(0)
    for (const ref of refs) expect(at(schema, ...ref.replace('#/', '').split('/')), ref).toBeDefined()
  }
})

test('every method is offered where it fits, with its arguments', () => {
  const schema = schemas.get('runbook')
  const named = (key: string): readonly unknown[] => {
    const all = at(schema, 'definitions', key, 'allOf')
    return Array.isArray(all) ? all.map((one: unknown) => at(one, 'if', 'properties', key, 'const')) : []
  }
  expect([...named('do'), ...named('check')].sort()).toEqual([...catalogue.keys()].sort())
  expect(named('do')).toContain('desk.halt')
  expect(named('check')).toContain('desk.trading')
})

test('an interpolation may stand for any value', () => {
  const all = at(schemas.get('runbook'), 'definitions', 'do', 'allOf')
  const throttle: unknown = Array.isArray(all)
    ? all.find((one: unknown) => at(one, 'if', 'properties', 'do', 'const') === 'desk.throttle')
    : undefined
  const args = at(throttle, 'then', 'properties', 'with', 'properties')
  expect(at(args, 'halve')).toEqual({ anyOf: [{ type: 'boolean' }, { type: 'string', pattern: '\\$\\{\\{' }] })
  expect(at(args, 'reason')).toEqual({ type: 'string' })
  expect(at(throttle, 'then', 'required')).toEqual(['with'])
})
