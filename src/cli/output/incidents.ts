/** What went wrong and is not finished: incidents as `desk incident` lists, notes, assigns, reviews and closes them. */
import * as z from 'zod'
import { list, output, problem, ref } from './parts.ts'
import { last } from './reading.ts'
import { severities } from '../../model/graph.ts'

const text = z.string()

const incident = z.strictObject({
  id: text,
  kind: text.optional(),
  title: text,
  status: z.enum(['open', 'closed']),
  openedAt: text,
  rootCause: text.optional(),
  causeClass: text.optional(),
  fixVerifiedIn: text.optional(),
  artifact: text.optional(),
  /** Who commands it. */
  assignee: text.optional(),
})
export const classes = output({
  classes: list(
    z.strictObject({
      id: text,
      title: text,
      severity: z.enum(severities).optional(),
      symptom: text.optional(),
      last: last.optional(),
    }),
  ),
})
export const listed = output({ incidents: list(incident) })
export const shown = output({ incident })
export const close = output({
  incident: z.strictObject({ id: text, status: z.literal('closed'), artifact: text }),
})
/** `record`: the segment that holds it. */
export const note = output({
  note: z.strictObject({ incident: text, record: text, by: text, at: text, text }),
})
/** `before`: who commanded it until now. */
export const assign = output({
  incident: z.strictObject({ id: text, assignee: text }),
  by: text,
  record: text,
  before: text.optional(),
})
export const postmortem = output({
  incident,
  class: z.strictObject({ id: text, title: text, severity: text }).optional(),
  from: text,
  to: text,
  timeline: list(z.strictObject({ at: text, by: text, what: text, ref, permission: z.boolean() })),
  /** Of the class; what nobody has said has no answer. */
  questions: list(z.strictObject({ id: text, title: text, answer: text.optional(), by: text.optional() })),
  /** Without these the incident does not close. */
  missing: list(text),
  /** What has not ended, though it keeps nobody from closing. */
  open: list(text),
  problems: list(problem),
  /** Markdown: the review as far as the record fills it. */
  text,
  /** The new file that holds it. */
  written: text.optional(),
})
