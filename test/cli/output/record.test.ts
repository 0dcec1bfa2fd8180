/** What runs put on record is streamed as it is, so its shape has to name every property, optional ones as well: the compiler misses those. */
import { expect, expectTypeOf, test } from 'vitest'
import type * as z from 'zod'
import type { need } from '../../../src/cli/output/parts.ts'
import { record } from '../../../src/cli/output/record.ts'
import type { JournalRecord, Need } from '../../../src/model/journal.ts'

interface OfKind {
  readonly kind: string
}
/** Names of properties of one kind in a union. */
type NamesOf<T extends OfKind, K> = T extends OfKind ? (K extends T['kind'] ? keyof T : never) : never
type Unnamed<T extends OfKind, Shape extends OfKind> = {
  [K in T['kind']]: Exclude<NamesOf<T, K>, NamesOf<Shape, K>>
}[T['kind']]

test('every property of a record and of a need has its place in the shape', () => {
  expectTypeOf<Unnamed<JournalRecord, z.output<typeof record>>>().toBeNever()
  expectTypeOf<Unnamed<Need, z.output<typeof need>>>().toBeNever()
  const closed: JournalRecord = { kind: 'closed', time: '2026-11-20T14:05:00.000Z', outcome: 'ok', unsettled: ['a'] }
  expect(record.safeParse(closed).success).toBe(true)
  expect(record.safeParse({ ...closed, surplus: 1 }).success).toBe(false)
})
