import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

it('--output ndjson streams the version, every record of the run, and the result', async () => {
  const ran = await desk.run(['tree', 'no-fills', '--output', 'ndjson'])
  const lines = ran.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; record?: { kind: string } })
  expect(ran.code).toBe(3)
  expect(lines[0]).toEqual({ type: 'version', schema: 1 })
  expect(lines.slice(1, -1).every((line) => line.type === 'record')).toBe(true)
  expect(lines.map((line) => line.record?.kind)).toContain('found')
  expect(lines.at(-1)).toMatchObject({ type: 'result', result: { schema: 1, tree: 'no-fills' } })
})
