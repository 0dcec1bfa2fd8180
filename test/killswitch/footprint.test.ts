/** Whatever the comparison with the log reads leaves another footprint when it is written, also when nothing but the content changes. */
import { appendFileSync, cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ledgerDir } from '../../src/audit/layout.ts'
import { footprintsOf } from '../../src/killswitch/footprint.ts'
import { freshDesk, halt, type TestDesk } from './support.ts'

/** Long after whatever was written. */
const later = (): number => Date.now() + 60_000
const lastOf = (dir: string): string => join(dir, readdirSync(dir).sort().at(-1) ?? '')
const trade = ({ permit }: TestDesk): string =>
  join(permit, readdirSync(permit).find((n) => n.startsWith('trade@')) ?? '')

const writes: readonly (readonly [string, (desk: TestDesk) => void])[] = [
  ['a halt', (desk) => void halt(desk)],
  [
    'a permission that goes',
    (desk) => {
      rmSync(trade(desk))
    },
  ],
  [
    'a permit directory put back',
    (desk) => {
      cpSync(desk.permit, `${desk.permit}.backup`, { recursive: true })
      rmSync(desk.permit, { recursive: true })
      cpSync(`${desk.permit}.backup`, desk.permit, { recursive: true })
    },
  ],
  [
    'a line of the ledger',
    (desk) => {
      appendFileSync(lastOf(ledgerDir(desk.stateDir)), '\n')
    },
  ],
  [
    'a ledger that is gone',
    (desk) => {
      rmSync(ledgerDir(desk.stateDir), { recursive: true })
    },
  ],
  [
    'a segment',
    (desk) => {
      writeFileSync(join(desk.stateDir, 'audit', 'segments', 'x'), '')
    },
  ],
  [
    'a halt that waits for its record',
    (desk) => {
      mkdirSync(join(desk.stateDir, 'unrecorded'))
    },
  ],
]

it.each(writes)('%s is seen', (_, write) => {
  const desk = freshDesk()
  const [look, stranger] = [footprintsOf(desk.stateDir), footprintsOf(desk.stateDir)]
  const before = look(later())
  expect(before).toBeDefined()
  expect(look(later())).toBe(before)
  write(desk)
  const after = look(later())
  expect(after).not.toBe(before)
  // Whoever looks for the first time sees the same.
  expect(stranger(later())).toBe(after)
})

it('nothing is said of what was written a moment ago, of a session, or without a permit directory', () => {
  const desk = freshDesk()
  const look = footprintsOf(desk.stateDir)
  expect(look(later())).toBeDefined()
  expect(look(statSync(desk.permit).ctimeMs + 10)).toBeUndefined()
  writeFileSync(join(desk.permit, 'session@boot'), '')
  expect(look(later())).toBeUndefined()
  rmSync(desk.permit, { recursive: true })
  expect(look(later())).toBeUndefined()
})
