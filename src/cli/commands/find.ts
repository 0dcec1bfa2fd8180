/** `desk find <words>`: procedures whose title, trigger, symptom or id holds every word. That nothing does is an answer, not a check that failed. */
import type { Command } from '../command.ts'
import { printJson } from '../output/print.ts'
import { loadLibrary } from '../library.ts'
import { table } from '../render/layout.ts'
import { whichDesk } from '../which-desk.ts'
import { exitCodes } from '../../model/failure.ts'
import type { DocumentEntry } from '../../plan/compile.ts'

export const run: Command<{ readonly words: readonly string[] }> = async ({ words }, context) => {
  const wanted = words.map((w) => w.toLowerCase())
  const found = [...(await loadLibrary(whichDesk(context), context)).documents.values()].filter((d) => {
    const text = textOf(d)
    return wanted.every((w) => text.includes(w))
  })
  const { io, globals } = context
  if (globals.json)
    printJson(io, 'find', { schema: 1, found: found.map(({ kind, id, title }) => ({ kind, id, title })) })
  else
    io.out(
      found.length === 0
        ? `nothing holds ${words.join(' and ')}\n`
        : `${table(
            found.map((d) => [commandFor(d), d.title]),
            io.columns,
            '',
          ).join('\n')}\n`,
    )
  return exitCodes.ok
}

const textOf = (d: DocumentEntry): string =>
  [d.id, d.title, d.trigger, d.symptom, d.category, d.cadence, d.severity].join(' ').toLowerCase()

/** What to type. */
export const commandFor = ({ kind, id }: Pick<DocumentEntry, 'kind' | 'id'>): string => `desk ${commands[kind]} ${id}`
const commands: Readonly<Record<DocumentEntry['kind'], string>> = {
  runbook: 'runbook',
  tree: 'tree',
  gates: 'gates',
  incident: 'incident open',
  monitors: 'monitor check',
}
