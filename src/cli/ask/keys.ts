/**
 * One question, answered by one key. Enter is no answer, nor is any key that is not offered: the question is asked again. So nothing
 * happens by accident, and no key has a default.
 */
import { createPrompt, isEnterKey, useKeypress, useState } from '@inquirer/core'

export interface KeyChoice {
  /** One character; letter case matters (`K` halts). */
  readonly key: string
  /** What it means, in a word or two. */
  readonly label: string
}
export interface KeyQuestion {
  /** The screen above the keys, ready to print. */
  readonly screen: string
  readonly choices: readonly KeyChoice[]
}

export const askKey = createPrompt<string, KeyQuestion>(({ screen, choices }, done) => {
  const [answer, setAnswer] = useState<string | undefined>(undefined)
  const [wrong, setWrong] = useState<string | undefined>(undefined)
  useKeypress((event, rl) => {
    const typed = rl.line.slice(-1)
    rl.clearLine(0)
    if (isEnterKey(event)) {
      setWrong('Enter')
      return
    }
    const chosen = choices.find((c) => c.key === typed)
    if (chosen === undefined) {
      setWrong(/^[\x21-\x7e]$/.test(typed) ? typed : 'that key')
      return
    }
    setAnswer(chosen.key)
    done(chosen.key)
  })
  const keys = choices.map((c) => `${c.key} ${c.label}`).join('   ')
  const said = choices.find((c) => c.key === answer)
  if (said !== undefined) return `${screen}\n> ${said.label}`
  const again = wrong === undefined ? '' : `\n${wrong} is no answer here: press one of the keys above`
  return [`${screen}\n${keys}\n> `, again.trimStart()]
})
