/** A hold is lifted by its own rule's pass and by nothing else, so a document names no rule but itself when it holds or lifts. */
import type { Document } from '../parse/document.ts'
import { error, type Rule } from './rule.ts'
import { methodCalls } from './steps.ts'

const methods = new Set(['desk.hold', 'desk.liftHold'])

export const ownHold: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) =>
    methodCalls(document).flatMap(({ call: { method, with: args } }) => {
      if (!methods.has(method.value)) return []
      const given = args?.entries.find((entry) => entry.key === 'rule')?.value
      if (given === undefined || (given.kind === 'scalar' && given.text === ruleOf(document))) return []
      return [
        error('law/own-hold', `"${method.value}" names another rule than this document`, {
          span: given.span,
          hint: `rule: ${ruleOf(document)}`,
        }),
      ]
    }),
  )

/** Trees and gate sets of the same id are other documents. */
const ruleOf = ({ kind, id, graph }: Document): string => (kind === 'runbook' ? id.value : graph)
