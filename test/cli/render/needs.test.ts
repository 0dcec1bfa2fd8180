import { expect, test } from 'vitest'
import { needLines } from '../../../src/cli/render/needs.ts'
import type { Need } from '../../../src/model/journal.ts'

const script = { canPrompt: false, columns: 80 }
const need: Need = {
  kind: 'answer',
  at: { path: 'tree/no-fills#q1', visit: 1 },
  title: 'Is the page green?',
  answers: ['yes', 'no'],
}

test('a run that was kept goes on', () => {
  expect(needLines([need], 'run-1', script)).toEqual([
    'waiting: Is the page green?',
    "  next: desk run continue run-1 --answer q1='yes|no|unsure'",
  ])
})

test('nothing of a simulation is there to be continued: it is walked anew', () => {
  expect(needLines([need], 'run-1', script, false)).toEqual([
    'waiting: Is the page green?',
    "  next: the same command with --answer q1='yes|no|unsure'",
  ])
})
