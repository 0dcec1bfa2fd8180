/** What an open run waits for, and exactly what to type for it. */
import { shown } from './layout.ts'
import { moment } from './moment.ts'
import type { Need } from '../../model/journal.ts'
import { frameOf, nodeAt } from '../../walk/place.ts'

export interface NeedLine {
  /** In words. */
  readonly what: string
  /** The command that meets it. */
  readonly next: string
}

export function needLine(need: Need, run: string): NeedLine {
  const again = `desk run continue ${run}`
  const node = nameOf(need.at.path)
  switch (need.kind) {
    case 'moment':
      return { what: `${need.title}: until ${moment(need.dueAt)}`, next: 'desk run continue --due' }
    case 'answer':
      return { what: need.title, next: `${again} --answer ${node}=${[...need.answers, 'unsure'].join('|')}` }
    case 'attest':
      return {
        what: `${need.title}${need.ask === undefined ? '' : `: ${need.ask}`} (a named ${need.role})`,
        next: `${again} --answer ${node}="..."`,
      }
    case 'settle':
      return {
        what: `${need.title}: nobody knows whether it took place`,
        next: `${again} --answer ${node}=done|failed|not-done`,
      }
    case 'act':
      return {
        what: `${need.title}: found, not done`,
        next: `${again} --act${need.confirm === undefined ? '' : ` --confirm ${need.confirm}`}`,
      }
    case 'approval':
      return { what: `${need.title}: ${String(need.missing)} of ${need.role} missing`, next: `desk run approve ${run}` }
    case 'confirm':
      return { what: need.title, next: `${again} --confirm ${need.name}` }
  }
}

/** Below the run's own document with the document's name, because ids may come again there. */
function nameOf(path: string): string {
  const { graph, node } = nodeAt(path)
  return frameOf(path) === '' ? node : `${graph.slice(graph.indexOf('/') + 1)}.${node}`
}

export const needLines = (needs: readonly Need[], run: string): readonly string[] =>
  needs.flatMap((need) => {
    const { what, next } = needLine(need, run)
    return [`waiting: ${shown(what)}`, `  next: ${next}`]
  })
