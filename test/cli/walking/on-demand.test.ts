/** What every walk loads makes no schemas but those that all methods share; the others are made when they are first asked for. */
import { expect, test, vi } from 'vitest'
import * as z from 'zod'

test('loading what walks makes a decimal and a moment', async () => {
  const made: z.ZodType[] = []
  const note = (instance: unknown): void => {
    if (instance instanceof z.ZodType) made.push(instance)
  }
  vi.resetModules() // whoever ran before in this process may have loaded them
  z.config({ postProcessor: note })
  try {
    await import('../../../src/cli/commands/tree.ts')
    await import('../../../src/cli/commands/runbook.ts')
    await import('../../../src/cli/commands/gates.ts')
    await import('../../../src/adapters/desk/adapter.ts')
    await import('../../../src/adapters/paper/adapter.ts')
    await import('../../../src/adapters/reconciliation/adapter.ts')
  } finally {
    z.config({ postProcessor: undefined })
  }
  const { decimal, moment } = await import('../../../src/ports/method.ts')
  expect(made).toContain(decimal)
  expect(made).toContain(moment)
  // A decimal is made in three steps, each of them a schema.
  expect(made).toHaveLength(4)
})
