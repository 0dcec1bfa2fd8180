/**
 * Every cadence on a healthy desk, and under each fault those cadences that it concerns, with one that it does not. `test/real` walks all
 * of them under each.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { Desks, occasions } from '../../support/occasions.ts'
import { allGates, concerned, concerns, expectedOf, faultIds } from './expected.ts'

const desks = new Desks()
afterAll(() => {
  desks.remove()
})

test('every gate is due on one occasion, and what faults concern are gates', () => {
  expect(new Set(allGates).size).toBe(allGates.length)
  for (const fault of faultIds)
    for (const gate of concerned(fault)) expect(allGates, fault).toContain(gate.replace('?', ''))
})

test.each(occasions)('all is well $name', async (occasion) => {
  const { exit, statuses } = await desks.walk(occasion)
  expect({ exit, statuses }).toEqual({
    exit: 0,
    statuses: Object.fromEntries(occasion.due.map((id) => [id, 'pass'])),
  })
})

// A call that hangs takes its whole time: what becomes of one is shown by `guarded.test.ts`.
describe.each(faultIds.filter((id) => id !== 'adapter-hangs'))('%s', (fault) => {
  test('is seen by the gates that it concerns', async () => {
    const hit = occasions.filter((occasion) => concerns(fault, occasion))
    const others = occasions.filter((occasion) => !concerns(fault, occasion))
    const spared = others[faultIds.indexOf(fault) % Math.max(1, others.length)]
    for (const occasion of [...hit, ...(spared === undefined ? [] : [spared])]) {
      const { exit, statuses } = await desks.walk(occasion, [fault])
      expect({ exit, statuses }, occasion.name).toEqual(expectedOf(fault, occasion))
    }
  })
})
