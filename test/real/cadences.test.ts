/** Every cadence on every broken desk: more than a thousand walks. */
import { afterAll, expect, test } from 'vitest'
import { expectedOf, faultIds } from '../documents/faults/expected.ts'
import { Desks, occasions } from '../support/occasions.ts'

const desks = new Desks()
afterAll(() => {
  desks.remove()
})

test.each(faultIds.filter((id) => id !== 'adapter-hangs'))('every cadence under %s', async (fault) => {
  for (const occasion of occasions) {
    const { exit, statuses } = await desks.walk(occasion, [fault])
    expect({ exit, statuses }, occasion.name).toEqual(expectedOf(fault, occasion))
  }
})
