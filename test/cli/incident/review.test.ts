import { expect, it } from 'vitest'
import { postmortemText } from '../../../src/cli/incident/postmortem.ts'
import { whatIsLeft } from '../../../src/cli/incident/review.ts'

const incident = { id: 'T-1', title: 'Halted', status: 'open', openedAt: '2026-11-20T14:00:00Z' } as const
const told = { incident, from: '', to: '', timeline: [], questions: [], missing: [], open: [] }

it('a template that nobody has filled is no review, however long it is', () => {
  expect(whatIsLeft(postmortemText(told))).toMatch(/^\d+ places are still to be written$/)
  expect(whatIsLeft(`${'word '.repeat(50)}[TO BE WRITTEN: more]`)).toBe('1 place is still to be written')
})

it('a filled one is, and a short one is not', () => {
  expect(whatIsLeft(postmortemText(told).replaceAll(/\[TO BE WRITTEN: [^\]]*\]/g, 'as it was'))).toBeUndefined()
  expect(whatIsLeft('it broke')).toContain('fewer than 20 words')
})

it('what somebody said cannot pass for a place to be written, nor hide one', () => {
  const questions = [{ id: 'cause', title: 'The cause', answer: 'see [TO BE WRITTEN: x] `rm`\n# heading', by: 'risk' }]
  const text = postmortemText({ ...told, questions })
  expect(text).toContain('see \\[TO BE WRITTEN: x\\] \\`rm\\` # heading (risk)')
})

it('an answer that nobody gave is asked for', () => {
  expect(postmortemText({ ...told, questions: [{ id: 'gap', title: 'The gap' }] })).toContain(
    '- The gap (gap): [TO BE WRITTEN: nobody has said]',
  )
})
