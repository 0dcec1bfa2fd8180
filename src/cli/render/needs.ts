/** What an open run waits for, and exactly what to type for it. */
import { shown, wrap } from './layout.ts'
import type { Io } from '../command.ts'
import { moment } from './moment.ts'
import type { Need } from '../../model/journal.ts'
import { frameOf, nodeAt } from '../../walk/place.ts'

export interface NeedLine {
  /** In words. */
  readonly what: string
  /** The command that meets it. Its alternatives are quoted: pasted as they are, they answer nothing. */
  readonly next: string
}

/** At a terminal whoever goes on is asked: a flag would answer before the question and its evidence were seen. */
export function needLine(need: Need, run: string, { canPrompt }: Pick<Io, 'canPrompt'>): NeedLine {
  const again = `desk run continue ${run}`
  const flag = flagFor(need)
  const further = canPrompt || flag === undefined ? again : `${again} ${flag}`
  switch (need.kind) {
    case 'moment':
      return { what: `${need.title}: until ${moment(need.dueAt)}`, next: 'desk run continue --due' }
    case 'answer':
      return { what: need.title, next: further }
    case 'attest':
      return {
        what: `${need.title}${need.ask === undefined ? '' : `: ${need.ask}`} (a named ${need.role})`,
        next: further,
      }
    case 'settle':
      return {
        what: `${need.title}: nobody knows whether it took place`,
        next: further,
      }
    case 'act':
      return {
        what: `${need.title}: found, not done`,
        next: further,
      }
    case 'approval':
      return { what: `${need.title}: ${String(need.missing)} of ${need.role} missing`, next: `desk run approve ${run}` }
    case 'confirm':
      return { what: need.title, next: further }
  }
}

/** What meets it without a terminal; moments and approvals are met by no flag. */
function flagFor(need: Need): string | undefined {
  const node = nameOf(need.at.path)
  switch (need.kind) {
    case 'answer':
      return `--answer ${node}='${[...need.answers, 'unsure'].join('|')}'`
    case 'attest':
      return `--answer ${node}="..."`
    case 'settle':
      return `--answer ${node}='done|failed|not-done'`
    case 'act':
      return `--act${need.confirm === undefined ? '' : ` --confirm ${need.confirm}`}`
    case 'confirm':
      return `--confirm ${need.name}`
    case 'moment':
    case 'approval':
      return undefined
  }
}

/** Below the run's own document with the document's name, because ids may come again there. */
function nameOf(path: string): string {
  const { graph, node } = nodeAt(path)
  return frameOf(path) === '' ? node : `${graph.slice(graph.indexOf('/') + 1)}.${node}`
}

/** What is to be typed is never broken: it stands on one line by itself. A run that was not kept cannot go on, only be walked anew. */
export const needLines = (
  needs: readonly Need[],
  run: string,
  io: Pick<Io, 'canPrompt' | 'columns'>,
  isKept = true,
): readonly string[] =>
  needs.flatMap((need) => {
    const { what, next } = needLine(need, run, io)
    const words = `waiting: ${shown(what)}`
    const [first = '', ...rest] = io.canPrompt ? wrap(words, io.columns - 2) : [words]
    return [first, ...rest.map((line) => `  ${line}`), ...(isKept ? [`  next: ${next}`] : anew(need))]
  })

function anew(need: Need): readonly string[] {
  const flag = flagFor(need)
  return flag === undefined ? [] : [`  next: the same command with ${flag}`]
}
