/** How often a runbook is used, in its own words, and by which periods desk says that it is due. */
import type { Frequency, Recurrence } from '../../parse/document.ts'

const often: Readonly<Record<Recurrence, string>> = {
  ...{ session: 'every session', close: 'after every close' },
  ...{ week: 'every week', month: 'every month', quarter: 'every quarter' },
}
const once: Readonly<Record<Recurrence, string>> = {
  ...{ session: 'a session', close: 'after a close' },
  ...{ week: 'a week', month: 'a month', quarter: 'a quarter' },
}

export function frequencyWords({ text, every, practise, atMost }: Frequency): string {
  const due = [
    every === undefined ? '' : `due ${often[every]}`,
    practise === undefined ? '' : `practised on paper ${often[practise]}`,
    atMost === undefined ? '' : `at most ${String(atMost.count)} ${once[atMost.per]}`,
  ].filter((words) => words !== '')
  return due.length === 0 ? text : `${text} (${due.join(', ')})`
}
