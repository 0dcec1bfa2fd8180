import { render } from '@inquirer/testing'
import { describe, expect, it } from 'vitest'
import { askKey } from '../../../src/cli/ask/keys.ts'

const question = {
  screen: 'Is the status page green?',
  choices: [
    { key: 'y', label: 'yes' },
    { key: 'n', label: 'no' },
    { key: 'K', label: 'HALT NOW' },
  ],
}

describe('one key answers', () => {
  it('the key that stands for an answer gives it', async () => {
    const { answer, input } = await render(askKey, question)
    input.write('n')
    await expect(answer).resolves.toBe('n')
  })
  it('Enter answers nothing and asks again', async () => {
    const { answer, input, events, getScreen } = await render(askKey, question)
    events.keypress('enter')
    expect(getScreen()).toContain('Enter is no answer here')
    input.write('y')
    await expect(answer).resolves.toBe('y')
  })
  it('k does not halt, K does', async () => {
    const { answer, input, getScreen } = await render(askKey, question)
    input.write('k')
    expect(getScreen()).toContain('k is no answer here')
    input.write('K')
    await expect(answer).resolves.toBe('K')
  })
})
