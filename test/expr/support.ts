import * as z from 'zod'
import { compileExpression, type Compiled, type Variables, type Yields } from '../../src/expr/compile.ts'
import { fromInputs, shapeOf } from '../../src/expr/shape.ts'
import { decimal } from '../../src/ports/method.ts'

export const resultSchema = z.strictObject({
  hosts: z.array(
    z.strictObject({ name: z.string(), modelHash: z.string(), gpu: z.strictObject({ load: z.number() }).optional() }),
  ),
  status: z.enum(['ok', 'degraded', 'outage']),
  statuses: z.array(z.enum(['ok', 'degraded', 'outage'])),
  count: z.int(),
  legacy: z.number().int(),
  maxAbsZ: z.number(),
  qty: decimal,
  note: z.string().optional(),
  next: z.string().nullable(),
  ok: z.boolean(),
  asOf: z.iso.datetime({ offset: true }),
  orders: z.array(z.array(decimal)),
  zs: z.array(z.number()),
})

export const variables: Variables = {
  result: shapeOf(resultSchema, 'result'),
  prior: shapeOf(z.strictObject({ hash: z.string(), status: z.enum(['ok', 'degraded', 'outage']) }), 'prior'),
  config: shapeOf(z.strictObject({ hosts: z.strictObject({ inference: z.int() }) }), 'config'),
  inputs: fromInputs([
    { name: 'model', type: 'string', required: false, default: 'signal' },
    { name: 'size', type: 'decimal', required: true },
    { name: 'incident', type: 'string', required: false },
  ]),
}

export const env = {
  result: {
    hosts: [
      { name: 'a', modelHash: 'x' },
      { name: 'b', modelHash: 'x', gpu: { load: 0.5 } },
    ],
    status: 'ok',
    statuses: ['ok', 'degraded'],
    count: 100,
    legacy: 4,
    maxAbsZ: 2.5,
    qty: '100.50',
    next: null,
    ok: true,
    asOf: '2026-01-05T09:30:00-05:00',
    orders: [['1', '2.50']],
    zs: [0.5, -2.5],
  },
  prior: { hash: 'x', status: 'ok' },
  config: { hosts: { inference: 2 } },
  inputs: { model: 'signal', size: '100.5' },
}

export const compile = <K extends keyof Yields>(
  text: string,
  expected: K,
  more: { readonly variables?: Variables; readonly mustRead?: string } = {},
): Compiled<Yields[K]> =>
  compileExpression({
    file: 'x.yaml',
    text,
    offsets: Array.from({ length: text.length + 1 }, (_, i) => i),
    variables,
    expected,
    ...more,
  })

/** `rule «marked text»` of each finding. */
export const marks = (text: string, { findings }: Pick<Compiled<unknown>, 'findings'>): readonly string[] =>
  findings.map(({ rule, span }) => `${rule.replace('expr/', '')} «${text.slice(span.start, span.end)}»`)
