/** The blameless review of an incident, as far as the record fills it; what only people know is asked for in its place. */
import type { Happening } from './timeline.ts'
import type { Incident } from './tickets.ts'
import { toWrite } from './review.ts'
import { visible } from '../../source/visible.ts'

export interface Question {
  /** The step that asks it. */
  readonly id: string
  readonly title: string
  /** What was said, and by whom. */
  readonly answer?: string
  readonly by?: string
}
export interface Postmortem {
  readonly incident: Incident
  readonly class?: { readonly id: string; readonly title: string; readonly severity: string }
  /** RFC 3339. */
  readonly from: string
  readonly to: string
  readonly timeline: readonly Happening[]
  /** Of the class. */
  readonly questions: readonly Question[]
  /** Without these `desk incident close` refuses. */
  readonly missing: readonly string[]
  /** What has not ended, though it keeps nobody from closing. */
  readonly open: readonly string[]
}

/** More would be read by nobody; the log has the rest. */
export const mostHappenings = 300

/** Markdown. */
export function postmortemText(told: Postmortem): string {
  const { incident, timeline, questions, from, to } = told
  const { id, title, openedAt, status, assignee, rootCause, causeClass, fixVerifiedIn } = incident
  const of = told.class
  const shown = timeline.slice(0, mostHappenings)
  const rest = timeline.length - shown.length
  const permissions = timeline.filter(({ permission }) => permission)
  return `${[
    `# ${id}: ${plain(title)}`,
    'Nobody is blamed: people did what made sense with what they knew. Write what happened and why it could happen.',
    [
      ...(of === undefined ? [] : [`- Class: ${of.severity} ${of.id}, ${plain(of.title)}`]),
      `- Opened: ${plain(openedAt)}`,
      `- Status: ${status}`,
      `- Commander: ${assignee === undefined ? toWrite('who commanded it') : plain(assignee)}`,
    ].join('\n'),
    '## What happened',
    toWrite('what happened and what it cost, in a few sentences'),
    '## Why',
    [
      `- Root cause: ${rootCause === undefined ? toWrite('the root cause') : plain(rootCause)}`,
      `- Class of the cause: ${causeClass === undefined ? toWrite('its class') : plain(causeClass)}`,
      `- Fix verified in: ${fixVerifiedIn === undefined ? toWrite('where, outside production') : plain(fixVerifiedIn)}`,
      `- Why nothing stopped it earlier: ${toWrite('what let it through')}`,
    ].join('\n'),
    ...(questions.length === 0 ? [] : ['## What this class asks', questions.map(questionLine).join('\n')]),
    '## What was halted, held and released',
    permissions.length === 0 ? 'Nothing is on record.' : permissions.map(line).join('\n'),
    '## Timeline',
    `From ${from} to ${to}, as the audit log has it.`,
    shown.length === 0 ? 'Nothing is on record.' : shown.map(line).join('\n'),
    ...(rest > 0 ? [`${String(rest)} more: desk audit search --since ${shown.at(-1)?.at ?? from}`] : []),
    '## What changes',
    `- ${toWrite('what changes, who does it, until when')}`,
  ].join('\n\n')}\n`
}

const line = ({ at, by, what }: Happening): string => `- ${at} ${plain(by)}: ${plain(what)}`
const questionLine = ({ id, title, answer, by }: Question): string =>
  `- ${plain(title)} (${id}): ${answer === undefined ? toWrite('nobody has said') : `${plain(answer)} (${plain(by ?? '')})`}`

/** One line, without what Markdown or a terminal would make something of. */
const plain = (text: string): string => visible(text.replace(/\s+/g, ' ')).replace(/[<>`[\]]/g, (mark) => `\\${mark}`)
