/** What happened, in the order in which it went on record, one sentence each. What only says that all is as expected is left out. */
import { textIn } from './on-record.ts'
import type { FoundRecord } from '../../audit/search.ts'
import type { Ref } from '../../audit/record.ts'
import type { JournalRecord } from '../../model/journal.ts'
import { recordOf } from '../../walk/journal-entry.ts'

export interface Happening {
  /** RFC 3339. */
  readonly at: string
  readonly by: string
  readonly what: string
  readonly ref: Ref
  /** It changed what may be traded: a halt, a hold, a release. */
  readonly permission: boolean
}
/** By its path. */
export type TitleOf = (path: string) => string

export function timelineOf(records: readonly FoundRecord[], titleOf: TitleOf): readonly Happening[] {
  const happened: Happening[] = []
  const latest = new Map<string, string>()
  for (const { segment, record } of records) {
    const { timestamp: at, actor: by, run, seq, event, data } = record
    const journal = recordOf(record)
    const permission = journal === undefined ? permissionWords(event, data) : undefined
    const what = journal === undefined ? (permission ?? noteWords(event, data)) : journalWords(journal, run, titleOf)
    // A poll says the same thing again and again.
    if (what === undefined || latest.get(run) === what) continue
    latest.set(run, what)
    happened.push({ at, by, what, ref: { segment, seq }, permission: permission !== undefined })
  }
  return happened
}

const because = (reason: string | undefined): string => (reason === undefined || reason === '' ? '' : `: ${reason}`)

function journalWords(record: JournalRecord, run: string, titleOf: TitleOf): string | undefined {
  const title = 'at' in record ? titleOf(record.at.path) : ''
  switch (record.kind) {
    case 'opened':
      return `${run} began: ${record.title}`
    case 'closed':
      return `${run} ended ${record.outcome}${because(record.reason)}`
    case 'sample':
      if (record.verdict === 'ok') return undefined
      return `${record.verdict === 'failed' ? 'not as expected' : 'could not be told'}: ${title}${because(record.evidence.reason)}`
    case 'acted':
      return record.result === 'ok' ? `done: ${title}` : `${record.result}: ${title}${because(record.evidence.reason)}`
    case 'settled':
      return `settled as ${record.as}: ${title}`
    case 'answer':
      return `${title}${record.answer === 'attested' ? '' : `: ${record.answer}`}${because(record.reason)}`
    case 'found':
      return `finding, ${record.as}: ${title}`
    case 'approved':
    case 'declined':
    case 'taken':
    case 'left':
      return `${record.kind}: ${title}${'reason' in record ? because(record.reason) : ''}`
    case 'waived':
      return `waived: ${title}${because(record.reason)}`
    case 'confirmed':
      return `${run} was confirmed and goes on`
    case 'continued':
    case 'entered':
    case 'intent':
    case 'outcome':
    case 'parked':
    case 'published':
    case 'superseded':
      return undefined
  }
}

/** Halts, holds, releases and what else changes permissions; also what was asked for, and refused. */
function permissionWords(event: string, data: unknown): string | undefined {
  const [kind, reason] = [textIn(data, 'kind'), textIn(data, 'reason')]
  const scope = textIn(data, 'scope')
  const where = scope === '' || scope === 'all' ? 'the desk' : scope
  const rule = textIn(data, 'rule')
  if (event.endsWith('.requested')) return `asked: ${event.replace('.requested', '')}`
  if (/^(?:release|promote)\.refused$/.test(event))
    return `refused: ${event.replace('.refused', '')}${because(textIn(data, 'message'))}`
  if (kind === 'born' || kind === 'incident') return undefined
  if (kind === 'held') return `held ${where} (${textIn(data, 'holdKind')}), by ${rule}${because(reason)}`
  if (kind === 'lifted') return `lifted the hold of ${where}, by ${rule}`
  const verbs: Readonly<Record<string, string>> = {
    halted: 'HALTED',
    released: 'released',
    throttled: 'throttled',
    promoted: 'promoted',
    removed: 'permissions that nobody granted were removed from',
    rearmed: 'permissions were taken up again after a reboot for',
    'session-opened': 'the session was opened for',
    'session-closed': 'the session was closed for',
  }
  const verb = verbs[kind]
  return verb === undefined ? undefined : `${verb} ${where}${because(reason)}`
}

function noteWords(event: string, data: unknown): string | undefined {
  const text = textIn(data, 'text')
  const incident = textIn(data, 'incident')
  if (event.endsWith('.result') && textIn(data, 'reason') !== '') return `that was not done: ${textIn(data, 'reason')}`
  switch (event) {
    case 'note':
      return `note${because(text)}`
    case 'answer.refused':
    case 'decision.refused':
      return `not taken${because(textIn(data, 'reason'))}`
    case 'incident.noted':
      return `${incident}${because(text)}`
    case 'incident.assigned':
      return `${incident} is commanded by ${textIn(data, 'commander')}`
    case 'incident.closed':
      return `${incident} was closed`
    case 'monitor.silenced':
      return `silenced ${textIn(data, 'name')} until ${textIn(data, 'until')}${because(textIn(data, 'reason'))}`
    case 'monitor.silence-expired':
      return `ended the silence of ${textIn(data, 'name')}`
    case 'gate.waiver':
      return `waived ${textIn(data, 'place')} until ${textIn(data, 'until')}${because(textIn(data, 'reason'))}`
    default:
      return undefined
  }
}
