/** Nothing of the sources is missing, nothing is answered that they do not ask, and the page says so. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { shippedDocuments } from '../documents/shipped.ts'
import { partsOf, readItems, type Item } from './ledger.ts'
import { howToUpdate, isUpdating, rewriteTable, root, tableOf } from './markdown.ts'

const page = 'docs/ledger.md'
const items = readItems()
const parts = shippedDocuments.flatMap(partsOf)
const known = new Set(items.map(({ id }) => id))
const answersOf = ({ id }: Item) => parts.filter(({ source }) => source.includes(id))

const answered = items.flatMap((item) => {
  const { id, demand, by } = item
  const rows = answersOf(item).map(({ document, id: part, methods }) => [
    id,
    demand,
    document,
    part || 'all of it',
    methods || '-',
  ])
  return by === undefined ? rows : [...rows, [id, demand, by, '-', '-']]
})
const own = parts
  .filter(({ id, source }) => id !== '' && !source.some((each) => known.has(each)))
  .map(({ document, id, methods }) => [document, id, methods])
const isUnanswered = (item: Item) => answersOf(item).length === 0 && item.by === undefined

const tables = {
  answered: { head: ['item', 'what it demands', 'document', 'part', 'by'], rows: answered },
  own: { head: ['document', 'part', 'by'], rows: own },
} as const

describe('the ledger', () => {
  it('has an answer to every item', () => {
    const unanswered = items.filter(isUnanswered)
    expect(unanswered.map(({ id }) => id)).toEqual([])
  })
  it('knows every item that a part claims', () => {
    const claimed = parts.filter(({ id }) => id !== '').flatMap(({ source }) => source)
    expect(claimed.filter((id) => id !== 'desk' && !known.has(id))).toEqual([])
  })
  it('points outside the documents at what is there', () => {
    for (const { id, by } of items) {
      if (by === undefined || by.startsWith('desk ')) continue
      const path = by.startsWith('law/') ? `src/check/${by.slice('law/'.length)}.ts` : by
      expect(existsSync(join(root, path)), `${id}: ${by}`).toBe(true)
    }
  })
  it.each(Object.entries(tables))('lists what is %s', (name, { head, rows }) => {
    if (isUpdating()) rewriteTable(page, name, head, rows)
    expect(rows.length).toBeGreaterThan(0)
    expect(tableOf(page, name), howToUpdate).toEqual(rows)
  })
})
