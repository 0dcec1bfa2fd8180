import { expect, test } from 'vitest'
import { traceOf } from '../../src/cli/trace.ts'

const id = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${id}-b7ad6b7169203331-01`

test.each([
  [{}, {}],
  [{ DESK_TRACE_ID: 'nightly-7' }, { traceId: 'nightly-7' }],
  [{ TRACEPARENT: traceparent }, { traceId: id }],
  [
    { DESK_TRACE_ID: 'nightly-7', TRACEPARENT: traceparent },
    { traceId: 'nightly-7', traceparent },
  ],
  [{ DESK_TRACE_ID: 'two\nlines', TRACEPARENT: traceparent }, { traceId: id }],
  [{ DESK_TRACE_ID: 'nightly-7', TRACEPARENT: 'nonsense' }, { traceId: 'nightly-7' }],
])('%j', (env, expected) => {
  expect(traceOf(env)).toEqual(expected)
})
