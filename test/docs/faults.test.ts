import { expect, it } from 'vitest'
import { faults } from '../../src/adapters/paper/faults.ts'
import { elsewhere } from '../documents/faults/concerns.ts'
import { concerned, isSilent } from '../documents/faults/expected.ts'
import { howToUpdate, isUpdating, rewriteTable, tableOf } from './markdown.ts'

it('the page lists every fault with the gates that see it', () => {
  const rows = faults.map(({ id, changes }) => {
    const gates = isSilent(id) ? 'every gate that reads anything?' : concerned(id).join(', ')
    return [`\`${id}\``, changes, gates === '' ? (elsewhere[id] ?? '') : gates]
  })
  if (isUpdating()) rewriteTable('docs/faults.md', 'faults', ['fault', 'what changes', 'gates'], rows)
  const plain = rows.map((row) => row.map((cell) => cell.replace(/^`([^`]*)`$/, '$1')))
  expect(tableOf('docs/faults.md', 'faults'), howToUpdate).toEqual(plain)
})
