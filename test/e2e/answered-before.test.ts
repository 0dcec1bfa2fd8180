/** `desk run continue --answer`: what is answered already cannot be answered again, and nobody is left to believe so. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

it('refuses what was answered, by a person or a probe, before anything is done', async () => {
  const opened = await desk.json(['tree', 'no-fills', '--answer', 'q1=yes'])
  const run = opened.value['run'] as { readonly id: string }
  const before = await desk.run(['audit', 'show', run.id])
  const again = (answer: string) => desk.run(['run', 'continue', run.id, '--act', '--answer', answer])
  for (const [answer, said] of [
    ['q1=no', '"q1" is answered in this run already: yes, by oncall'],
    ['no-fills.q1=no', '"no-fills.q1" is answered in this run already: yes, by oncall'],
    ['tree/no-fills#q2=no', '"tree/no-fills#q2" is answered in this run already: yes, by the probe orders.conformance'],
    ['tree/no-fills#q7=no', 'nothing of this walk is called "tree/no-fills#q7"'],
    ['tree/wrong-pnl#q1=no', 'nothing of this walk is called "tree/wrong-pnl#q1"'],
  ] as const) {
    const { code, stderr } = await again(answer)
    expect([answer, code]).toEqual([answer, 64])
    expect(stderr).toContain(said)
    expect(stderr).toContain('next: ')
  }
  expect((await desk.run(['audit', 'show', run.id])).stdout).toBe(before.stdout)
})

it('takes an answer to what is not reached yet', async () => {
  const opened = await desk.json(['tree', 'no-fills'])
  const run = opened.value['run'] as { readonly id: string }
  expect((await desk.run(['run', 'continue', run.id, '--answer', 'post-incident.q1=no'])).code).toBe(3)
})

it('takes the same words again: whoever types them does so because the first command died', async () => {
  const opened = await desk.json(['tree', 'no-fills', '--answer', 'q1=yes'])
  const run = opened.value['run'] as { readonly id: string }
  expect((await desk.run(['run', 'continue', run.id, '--answer', 'q1=yes'])).code).toBe(3)
})
