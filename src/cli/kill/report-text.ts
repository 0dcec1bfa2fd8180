/** What `desk kill` tells people about one desk, below the line that was printed first. */
import type { VenueOutcome } from '../../killswitch/aftermath.ts'
import type { DeskReport } from '../../killswitch/report.ts'
import { visible } from '../../source/visible.ts'

export function reportLines(report: DeskReport, venues: readonly VenueOutcome[]): string {
  const was = report.before === '' ? 'was not there' : `was ${report.before}${report.already ? ' already' : ''}`
  const words = [`${report.desk} ${was}: ${report.stateDir}`]
  if (report.reason !== '') words.push(`  reason  ${visible(report.reason)}`)
  words.push(`  halt    ${report.epoch}, by ${visible(report.by)}${report.recorded ? '' : ', NOT ON RECORD'}`)
  for (const { id, open, pendingCancel, unknown, reason } of venues) {
    const counts = `${String(open)} open, ${String(pendingCancel)} pending cancel, ${String(unknown)} unknown`
    words.push(`  ${id.padEnd(8)}${counts}${reason === undefined ? '' : ` (${visible(reason)})`}`)
  }
  if (report.scope.startsWith('model:')) words.push('  orders  do not say which model sent them: all were cancelled')
  words.push(...stopLines(report), ...report.peers.map(peerLine))
  words.push(nextStep(report))
  return `${words.join('\n')}\n`
}

const mostStops = 3

function stopLines({ knownStops, stopsUnknown }: DeskReport): readonly string[] {
  const unknown = stopsUnknown.map(({ venue, reason }) => `  stops   unknown at ${venue}: ${visible(reason)}`)
  return [...(knownStops.length === 0 ? [] : [knownLine(knownStops)]), ...unknown]
}

function knownLine(stops: DeskReport['knownStops']): string {
  const named = stops
    .slice(0, mostStops)
    .map(({ symbol, side, quantity, stopPrice }) => visible(`${symbol} ${side} ${quantity} at ${stopPrice}`))
  const more = stops.length > mostStops ? [`and ${String(stops.length - mostStops)} more`] : []
  return `  stops   cancelled too: ${[...named, ...more].join(', ')}`
}

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
