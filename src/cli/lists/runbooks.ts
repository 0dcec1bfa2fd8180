/** `desk runbook` without an id: every runbook by category, what falls due and why, and what came of it last. */
import type { Context } from '../command.ts'
import { reasonsFor } from '../due-runbooks.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { entriesOf, loadLibrary, warnAboutOthers } from '../library.ts'
import { wrap } from '../render/layout.ts'
import { styleOf } from '../render/style.ts'
import { lastRuns, runsOf } from '../told-runs.ts'
import { whichDesk } from '../which-desk.ts'
import { rowLines } from './rows.ts'
import { categories } from '../../parse/document.ts'

type ListedRunbook = NonNullable<Output<'procedures'>['runbook']>[number]

/** What is needed in a hurry stands last, where the eye is when the list has scrolled. */
const order: readonly (string | undefined)[] = [
  undefined,
  'deploy',
  ...categories.filter((c) => c !== 'deploy' && c !== 'rollback' && c !== 'incident'),
  'rollback',
  'incident',
]

export async function listRunbooks(context: Context): Promise<void> {
  const { io, globals } = context
  const runbooks = await readAll(context)
  if (globals.json) {
    printJson(io, 'procedures', { schema: 1, runbook: runbooks })
    return
  }
  const style = styleOf(io)
  const sorted = order.flatMap((category) => runbooks.filter((each) => each.category === category))
  const lines = rowLines(
    sorted.map(({ due, id, title, last }) => ({ mark: due.length === 0 ? ' ' : '!', id, text: title, last })),
    io.columns,
  )
  let category: string | undefined | null = null
  for (const [i, runbook] of sorted.entries()) {
    if (runbook.category !== category) {
      category = runbook.category
      io.out(`${style.bold(category ?? 'cannot be read: desk lint')}\n`)
    }
    io.out(`${lines[i] ?? ''}\n`)
  }
  for (const line of dueLines(runbooks, io.columns)) io.out(`${line}\n`)
  io.out('\nnext: desk runbook <id>   (desk show <id> reads it first)\n')
}

/** By reason, because many share one. */
function dueLines(runbooks: readonly ListedRunbook[], width: number): readonly string[] {
  const reasons = [...new Set(runbooks.flatMap(({ due }) => due))].sort().reverse()
  if (reasons.length === 0) return []
  return [
    '',
    '! is due:',
    ...reasons.flatMap((reason) => {
      const ids = runbooks.filter(({ due }) => due.includes(reason)).map(({ id }) => id)
      const [first = '', ...others] = wrap(`${reason}: ${ids.join(', ')}`, width - 4)
      return [`  ${first}`, ...others.map((line) => `    ${line}`)]
    }),
  ]
}

async function readAll(context: Context): Promise<readonly ListedRunbook[]> {
  const desk = whichDesk(context)
  const library = await loadLibrary(desk, context)
  warnAboutOthers(library, new Set(), context)
  const runs = runsOf(desk.stateDir)
  const last = lastRuns(runs)
  const at = { nowMs: context.deps.now().getTime(), profile: desk.profile }
  return entriesOf(library, 'runbook').map(({ id, title, graph, category, trigger, frequency }) => {
    const own = runs.filter((run) => run.graph === graph)
    const latest = last.get(graph)
    return {
      id,
      title,
      ...(category === undefined ? {} : { category }),
      ...(trigger === undefined ? {} : { trigger }),
      ...(frequency === undefined ? {} : { frequency: frequency.text }),
      due: frequency === undefined ? [] : reasonsFor(frequency, own, at),
      ...(latest === undefined ? {} : { last: latest }),
    }
  })
}
