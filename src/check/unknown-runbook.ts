/** A runbook that no file holds. */
import type { Rule } from './rule.ts'
import { runbookCalls } from './steps.ts'
import { unknownId } from './unknown-id.ts'

export const unknownRunbook: Rule = (library) =>
  [...library.documents.values()].flatMap(runbookCalls).flatMap(({ runbook }) => unknownId(library, 'runbook', runbook))
