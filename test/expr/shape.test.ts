import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { Unrepresentable, describe as inWords, fromInputs, shapeOf } from '../../src/expr/shape.ts'
import { decimal } from '../../src/ports/method.ts'
import { resultSchema } from './support.ts'

const field = (schema: z.ZodType): string => {
  const shape = shapeOf(z.strictObject({ f: schema }), 'm')
  return shape.kind === 'object' ? (shape.fields.get('f')?.kind ?? '') : ''
}

describe('shapeOf', () => {
  it.each<[string, z.ZodType, string]>([
    ['text', z.string(), 'string'],
    ['text with a format', z.iso.datetime(), 'string'],
    [
      'refined text',
      z
        .string()
        .min(2)
        .refine((text) => text !== 'no'),
      'string',
    ],
    ['int', z.int(), 'int'],
    ['number().int()', z.number().int().min(0), 'int'],
    ['number', z.number(), 'double'],
    ['boolean', z.boolean(), 'bool'],
    ['decimal', decimal, 'decimal'],
    ['enum', z.enum(['a', 'b']), 'enum'],
    ['literal text', z.literal('a'), 'enum'],
    ['optional', z.string().optional(), 'optional'],
    ['nullable', z.string().nullable(), 'optional'],
    ['list', z.array(decimal), 'list'],
    ['object', z.strictObject({ a: z.int() }), 'object'],
  ])('reads %s', (_, schema, kind) => {
    expect(field(schema)).toBe(kind)
  })

  it.each<[string, z.ZodType]>([
    ['union', z.union([z.string(), z.int()])],
    ['discriminated union', z.discriminatedUnion('k', [z.strictObject({ k: z.literal('a') })])],
    ['record', z.record(z.string(), z.int())],
    ['any', z.any()],
    ['unknown', z.unknown()],
    ['date', z.date()],
    ['transform', z.string().transform(Number)],
    ['pipe', z.string().pipe(z.string())],
    ['lazy', z.lazy(() => z.string())],
    ['bigint', z.bigint()],
    ['tuple', z.tuple([z.string()])],
    ['default', z.string().default('x')],
    ['readonly', z.string().readonly()],
    ['literal number', z.literal(3)],
    ['numeric enum', z.enum({ a: 1 })],
    ['object that passes unknown keys', z.looseObject({ a: z.string() })],
    ['object that drops unknown keys', z.object({ a: z.string() })],
    ['key with a hyphen', z.strictObject({ 'a-b': z.string() })],
    ['key that is a word of the language', z.strictObject({ in: z.string() })],
    ['key that hides the constructor', z.strictObject({ constructor: z.string() })],
  ])('refuses %s and says where', (_, schema) => {
    expect(() => field(schema)).toThrow(Unrepresentable)
    expect(() => field(schema)).toThrow(/^m\.f: /)
  })

  it('gives one shape per schema, and one type for enums with the same values', () => {
    expect(shapeOf(resultSchema, 'a')).toBe(shapeOf(resultSchema, 'b'))
    expect(shapeOf(z.enum(['a', 'b']), 'a')).toBe(shapeOf(z.enum(['b', 'a']), 'b'))
  })
})

describe('fromInputs', () => {
  it('makes optional what is neither required nor has a default', () => {
    const { fields } = fromInputs([
      { name: 'model', type: 'string', required: false, default: 'signal' },
      { name: 'qty', type: 'decimal', required: true, paper: '1' },
      { name: 'n', type: 'int', required: false },
    ])
    expect([...fields].map(([name, shape]) => [name, inWords(shape)])).toEqual([
      ['model', 'a string'],
      ['qty', 'a decimal'],
      ['n', 'an optional int'],
    ])
  })
})
