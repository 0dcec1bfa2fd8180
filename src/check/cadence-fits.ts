/** Words that tell when a set is due belong to cadences: `every` to market-hours, `after` and the anchor `event` to event. */
import type { GateSet } from '../parse/document.ts'
import type { Finding } from '../source/diagnostic.ts'
import { error, type Rule } from './rule.ts'

const rule = 'check/cadence-fits'

export const cadenceFits: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) =>
    document.kind === 'gates'
      ? [...slotsOf(document), ...eventsOf(document), ...anchorsOf(document), ...marketTimesOf(document)]
      : [],
  )

function slotsOf({ cadence, every, id }: GateSet): readonly Finding[] {
  if (cadence === 'market-hours')
    return every === undefined
      ? [error(rule, 'a set within market hours says how often', { span: id.span, hint: 'every: 15m' })]
      : []
  return every === undefined
    ? []
    : [
        error(rule, `a set of the cadence ${cadence} is due once in its period`, {
          span: every.span,
          hint: 'cadence: market-hours',
        }),
      ]
}

function eventsOf({ cadence, after, id }: GateSet): readonly Finding[] {
  if (cadence === 'event')
    return after === undefined
      ? [error(rule, 'a set that follows events names them', { span: id.span, hint: 'after: [<runbook>.completed]' })]
      : []
  return after === undefined
    ? []
    : [
        error(rule, `the calendar makes a set of the cadence ${cadence} due`, {
          span: after.span,
          hint: 'cadence: event',
        }),
      ]
}

function anchorsOf({ cadence, gates }: GateSet): readonly Finding[] {
  return gates
    .filter(({ due }) => [due.from, due.to].some(({ at }) => (at === 'event') !== (cadence === 'event')))
    .map(({ id }) =>
      error(
        rule,
        cadence === 'event'
          ? `the window of "${id.value}" is counted from the event`
          : `the window of "${id.value}" is counted from an event, and the cadence ${cadence} follows none`,
        {
          span: id.span,
          hint: cadence === 'event' ? 'due: { from: event, to: event + 24h }' : 'open, close, next open',
        },
      ),
    )
}

/** An event keeps no market hours. */
const marketTimesOf = ({ cadence, gates }: GateSet): readonly Finding[] =>
  cadence !== 'event'
    ? []
    : gates
        .filter(({ marketTime }) => marketTime)
        .map(({ id }) => error(rule, `"${id.value}" follows an event and is on no market time`, { span: id.span }))
