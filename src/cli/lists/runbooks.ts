/**
 * `desk runbook` without an id: every runbook by category, what falls due and why, and what came of it last. Where that is higher than the
 * terminal, what is due and the names by category; `--all` and pipes get the whole list.
 */
import type { Context } from '../command.ts'
import { reasonsFor, urgencyOf } from '../due-runbooks.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { listWords } from './words.ts'
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

export async function listRunbooks(context: Context, all: boolean): Promise<void> {
  const { io, globals } = context
  const runbooks = await readAll(context)
  if (globals.json) {
    printJson(io, 'procedures', { schema: 1, runbook: runbooks })
    return
  }
  const whole = wholeList(runbooks, context)
  // The command that was typed and the prompt that follows take a row each.
  const room = (io.rows ?? Number.POSITIVE_INFINITY) - 2
  const lines = all || whole.length <= room ? whole : shortList(runbooks, context, room)
  io.out(`${lines.join('\n')}\n`)
}

const byCategory = (runbooks: readonly ListedRunbook[]) =>
  order.flatMap((category) => {
    const own = runbooks.filter((each) => each.category === category)
    return own.length === 0 ? [] : [{ name: category ?? 'cannot be read: desk lint', own }]
  })

function wholeList(runbooks: readonly ListedRunbook[], { io }: Context): readonly string[] {
  const style = styleOf(io)
  const groups = byCategory(runbooks)
  const rows = rowLines(
    groups.flatMap(({ own }) =>
      own.map(({ due, id, title, last }) => ({ mark: due.length === 0 ? ' ' : '!', id, text: title, last })),
    ),
    io.columns,
  )
  let told = 0
  const lines = groups.flatMap(({ name, own }) => [style.bold(name), ...rows.slice(told, (told += own.length))])
  return [...lines, ...dueLines(runbooks, io.columns), '', 'next: desk runbook <id>   (desk show <id> reads it first)']
}

/** What is due, a line per reason, and every name; a line per category where even these are too many. */
function shortList(runbooks: readonly ListedRunbook[], { io }: Context, room: number): readonly string[] {
  const style = styleOf(io)
  const due = reasonsOf(runbooks).map(({ reason, ids }) => [reason, ids] as const)
  const groups = byCategory(runbooks).map(({ name, own }) => [name, own.map(({ id }) => id)] as const)
  const make = (most: number): readonly string[] => [
    ...(due.length === 0 ? [] : [style.bold('Due'), ...listWords(due, io.columns, 1), '']),
    style.bold('All'),
    ...listWords(groups, io.columns, most),
    '',
    'next: desk runbook <id>      (desk show <id> reads it first)',
    '      desk runbook --all     with titles, and why they are due',
  ]
  return [3, 2].map(make).find(({ length }) => length <= room) ?? make(1)
}

/** Many runbooks share a reason. */
const reasonsOf = (runbooks: readonly ListedRunbook[]) =>
  [...new Set(runbooks.flatMap(({ due }) => due))]
    .sort((a, b) => urgencyOf(a) - urgencyOf(b))
    .map((reason) => ({ reason, ids: runbooks.filter(({ due }) => due.includes(reason)).map(({ id }) => id) }))

function dueLines(runbooks: readonly ListedRunbook[], width: number): readonly string[] {
  const reasons = reasonsOf(runbooks)
  if (reasons.length === 0) return []
  return [
    '',
    '! is due:',
    ...reasons.flatMap(({ reason, ids }) => {
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
