import { expect, it } from 'vitest'
import { frequencyWords } from '../../../src/cli/render/rhythm.ts'

const silent = { every: undefined, practise: undefined, atMost: undefined }

it('tells by which periods a runbook falls due', () => {
  expect(frequencyWords({ ...silent, text: 'Rare' })).toBe('Rare')
  expect(frequencyWords({ ...silent, text: 'Each morning', every: 'session' })).toBe('Each morning (due every session)')
  expect(frequencyWords({ ...silent, text: 'In the evening', every: 'close' })).toBe(
    'In the evening (due after every close)',
  )
  expect(
    frequencyWords({ text: 'As needed', every: 'month', practise: 'quarter', atMost: { count: 0, per: 'week' } }),
  ).toBe('As needed (due every month, practised on paper every quarter, at most 0 a week)')
})
