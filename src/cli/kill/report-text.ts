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
  words.push(nextStep(report))
  return `${words.join('\n')}\n`
}

function nextStep(report: DeskReport): string {
  if (!report.halted) return '  next    stop the trading processes by hand'
  if (!report.verified) return '  next    cancel at the venue by hand, then: desk kill'
  return report.scope === 'all'
    ? '  next    desk tree post-incident'
    : `  next    desk unlock request --scope ${report.scope}`
}
