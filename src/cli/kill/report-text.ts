/** What `desk kill` tells people about one desk, below the line that was printed first. */
import type { VenueOutcome } from '../../killswitch/aftermath.ts'
import type { DeskReport, FlattenedVenue } from '../../killswitch/report.ts'
import { visible } from '../../source/visible.ts'

export function reportLines(report: DeskReport, venues: readonly VenueOutcome[]): string {
  const words = [`${report.desk} ${wasBefore(report)}: ${report.stateDir}`]
  if (report.reason !== '') words.push(`  reason  ${visible(report.reason)}`)
  words.push(
    `  ${report.halted ? 'halt   ' : 'attempt'} ${report.epoch}, by ${visible(report.by)}${report.recorded ? '' : ', NOT ON RECORD'}`,
  )
  for (const { id, open, pendingCancel, unknown, reason } of venues) {
    const counts = `${String(open)} open, ${String(pendingCancel)} pending cancel, ${String(unknown)} unknown`
    words.push(`  ${id.padEnd(8)}${counts}${reason === undefined ? '' : ` (${visible(reason)})`}`)
  }
  if (report.scope.startsWith('model:')) words.push('  orders  do not say which model sent them: all were cancelled')
  words.push(...stopLines(report), ...(report.flattened ?? []).map(flattenedLine), ...report.peers.map(peerLine))
  words.push(nextStep(report))
  return `${words.join('\n')}\n`
}

function wasBefore({ before, already }: DeskReport): string {
  if (before === '') return 'was not there'
  return before === 'UNKNOWN' ? 'may be trading, nobody can tell' : `was ${before}${already ? ' already' : ''}`
}

const mostStops = 3

function stopLines({ knownStops, stopsUnknown, venues }: DeskReport): readonly string[] {
  const isDone = (venue: string): boolean =>
    venues.some(({ id, open, pendingCancel, unknown }) => id === venue && open + pendingCancel + unknown === 0)
  const done = knownStops.filter(({ venue }) => isDone(venue))
  const left = knownStops.filter(({ venue }) => !isDone(venue))
  return [
    ...knownLines('cancelled too: ', done),
    ...knownLines('to be cancelled, which is not certain: ', left),
    ...stopsUnknown.map(({ venue, reason }) => `  stops   unknown at ${venue}: ${visible(reason)}`),
  ]
}

const width = 80
const indent = ' '.repeat(10)

/** A stop is told on one line. */
function knownLines(what: string, stops: DeskReport['knownStops']): readonly string[] {
  if (stops.length === 0) return []
  const named = stops
    .slice(0, mostStops)
    .map(({ symbol, side, quantity, stopPrice }) => visible(`${symbol} ${side} ${quantity} at ${stopPrice}`))
  const more = stops.length > mostStops ? [`and ${String(stops.length - mostStops)} more`] : []
  const lines: string[] = []
  let line = `  stops   ${what}`
  for (const [i, each] of [...named, ...more].entries()) {
    const piece = i + 1 < named.length + more.length ? `${each},` : each
    if (i > 0 && line.length + 1 + piece.length > width) {
      lines.push(line)
      line = `${indent}${piece}`
    } else line += i === 0 ? piece : ` ${piece}`
  }
  return [...lines, line]
}

const flattenedWords: Readonly<Record<FlattenedVenue['state'], string>> = {
  done: 'positions closed',
  'done-before': 'positions closed before, in this halt',
  failed: 'POSITIONS NOT CLOSED',
  unknown: 'POSITIONS PERHAPS NOT CLOSED',
}
const flattenedLine = ({ venue, state }: FlattenedVenue): string =>
  `  flatten ${visible(venue)}: ${flattenedWords[state]}`

const peerWords: Readonly<Record<DeskReport['peers'][number]['state'], string>> = {
  halted: 'halted',
  unverified: 'halted, with something to look at',
  'not-halted': 'NOT HALTED',
  absent: 'has no such desk',
  unreached: 'NOT REACHED',
}
const peerLine = ({ id, state }: DeskReport['peers'][number]): string => `  ${id.padEnd(8)}${peerWords[state]} (peer)`

function nextStep(report: DeskReport): string {
  if (!report.halted) return '  next    stop the trading processes by hand'
  if (!report.verified) return '  next    cancel at the venue by hand, then: desk kill'
  const after = report.scope === 'all' ? 'desk tree post-incident' : `desk unlock request --scope ${report.scope}`
  // Positions that are held have lost their protection, or may have.
  const areStopsGone = report.stops === null || report.stops.length > 0
  return `  next    ${areStopsGone ? `desk runbook restore-stops, then: ${after}` : after}`
}
