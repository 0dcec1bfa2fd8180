import { expect, it } from 'vitest'
import { howToUpdate, isUpdating, rewriteTable, tableOf } from './markdown.ts'
import { methodRows, methodsHead } from './methods.ts'

it('the page lists every method as adapters must serve it', () => {
  if (isUpdating()) rewriteTable('docs/methods.md', 'methods', methodsHead, methodRows())
  const plain = methodRows().map((row) => row.map((cell) => cell.replace(/^`(.*)`$/, '$1')))
  expect(plain.length).toBeGreaterThan(80)
  expect(tableOf('docs/methods.md', 'methods'), howToUpdate).toEqual(plain)
})
