/** A gate's window ends after it begins. */
import type { Anchor } from '../model/graph.ts'
import { error, type Rule } from './rule.ts'

const order: Readonly<Record<Anchor['at'], number>> = { event: 0, open: 0, close: 1, 'next open': 2 }

export const dueOrder: Rule = ({ documents }) =>
  [...documents.values()].flatMap((document) =>
    document.kind !== 'gates'
      ? []
      : document.gates
          .filter(
            ({ due: { from, to } }) =>
              order[to.at] < order[from.at] || (to.at === from.at && to.offsetMs <= from.offsetMs),
          )
          .map((gate) =>
            error('check/due-order', `the window of "${gate.id.value}" ends before it begins`, { span: gate.id.span }),
          ),
  )
