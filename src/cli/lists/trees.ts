/** `desk tree` without an id: every tree by what somebody sees from outside. */
import type { Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { entriesOf, loadLibrary, warnAboutOthers } from '../library.ts'
import { wrap } from '../render/layout.ts'
import { styleOf } from '../render/style.ts'
import { lastRuns, runsOf } from '../told-runs.ts'
import { whichDesk } from '../which-desk.ts'
import { rowLines } from './rows.ts'

type ListedTree = NonNullable<Output<'procedures'>['tree']>[number]

export async function listTrees(context: Context): Promise<void> {
  const { io, globals } = context
  const trees = await readAll(context)
  if (globals.json) {
    printJson(io, 'procedures', { schema: 1, tree: trees })
    return
  }
  const style = styleOf(io)
  const lines = rowLines(
    trees.map(({ id, title, last }) => ({ mark: ' ', id, text: title, last })),
    io.columns,
  )
  const indent = ' '.repeat(Math.max(0, ...trees.map(({ id }) => id.length)) + 4)
  io.out('What do you see?\n\n')
  for (const [i, { id, symptom }] of trees.entries()) {
    io.out(`${(lines[i] ?? '').replace(id, style.bold(id))}\n`)
    for (const line of wrap(symptom ?? 'cannot be read: desk lint', io.columns, indent)) io.out(`${line}\n`)
  }
  io.out('\nnext: desk tree <id>   (desk show <id> reads it first)\n      desk find <words> where nothing fits\n')
}

async function readAll(context: Context): Promise<readonly ListedTree[]> {
  const desk = whichDesk(context)
  const library = await loadLibrary(desk, context)
  warnAboutOthers(library, new Set(), context)
  const last = lastRuns(runsOf(desk.stateDir))
  return entriesOf(library, 'tree').map(({ id, title, graph, symptom }) => {
    const latest = last.get(graph)
    return {
      id,
      title,
      ...(symptom === undefined ? {} : { symptom }),
      ...(latest === undefined ? {} : { last: latest }),
    }
  })
}
