/** The desk's state in lines: for `status` whole, for the home screen what matters first. */
import { cut, shown, table } from './layout.ts'
import { moment } from './moment.ts'
import { needLine } from './needs.ts'
import type { Io } from '../command.ts'
import { type DueRunbook, urgencyOf } from '../due-runbooks.ts'
import type { DeskState } from '../state.ts'
import { type InForce, wordsFor } from '../../model/standing.ts'

export interface Words {
  readonly bold: (text: string) => string
  readonly toned: (word: string) => string
}

/** One line: the desk and its state, since when, by whom and why. */
export function stateLines({ desk, read }: DeskState, words: Words, width: number): readonly string[] {
  const { trading, halts, holds, held } = read
  const inForce: InForce = { ...trading, ...(held === undefined ? {} : { held }) }
  const rate =
    trading.orderRate === 1 || trading.state === 'HALTED' ? '' : `, order rate ${String(trading.orderRate * 100)} %`
  const why = [
    trading.since === '' ? '' : `since ${moment(trading.since)}`,
    trading.by === '' ? '' : `by ${trading.by}`,
    trading.reason,
  ]
    .filter((t) => t !== '')
    .join(', ')
  return [
    `${words.bold(desk)}  ${words.toned(wordsFor(inForce))}${heldWords(inForce)}${rate}`,
    ...(why === '' ? [] : [cut(`  ${shown(why)}`, width)]),
    ...halts
      .filter((h) => h.scope !== 'all')
      .map((h) => cut(`  halted ${h.scope} by ${h.by}: ${shown(h.reason)}`, width)),
    ...holds.map((h) => cut(`  held ${h.scope} (${h.kind}) by ${h.rule}: ${shown(h.reason)}`, width)),
  ]
}

/** A hold on everything is as good as a halt to whoever wants to trade, but no release lifts it. */
function heldWords({ state, held }: InForce): string {
  if (state === 'HALTED' || held === undefined) return ''
  return held === 'no-new' ? ': no order passes' : ', held: only what reduces'
}

/** Runs that wait, each with what to type, newest first. What is to be typed is never cut. */
export function waitingLines(
  { open }: DeskState,
  io: Pick<Io, 'canPrompt' | 'columns'>,
  most: number,
): readonly string[] {
  const newest = [...open].reverse()
  const lines = newest.slice(0, most).flatMap((run) => {
    const need = run.needs?.[0]
    const what =
      run.state === 'open'
        ? run.isGone
          ? { what: 'its process is gone, nobody walks it', next: `desk run continue ${run.run}` }
          : { what: 'being walked', next: `desk run show ${run.run}` }
        : need === undefined
          ? { what: 'parked', next: `desk run continue ${run.run}` }
          : needLine(need, run.run, io)
    return [cut(`  ${run.graph ?? run.run}: ${shown(what.what)}`, io.columns), `    ${what.next}`]
  })
  const rest = newest.length - most
  return [...lines, ...(rest > 0 ? [`  and ${String(rest)} more: desk run list`] : [])]
}

/** What closes soonest first, then what is overdue, the latest of it first; `most`: the rest is only counted. */
export function dueLines({ due }: DeskState, width: number, most = due.length): readonly string[] {
  const shownFirst = due
    .map((gate) => ({ ...gate, toMs: Date.parse(gate.to) }))
    .sort(byUrgency)
    .slice(0, most)
  const rest = due.length - shownFirst.length
  return [
    ...table(
      shownFirst.map((gate) => [gate.id, `${gate.overdue ? 'overdue since' : 'until'} ${moment(gate.to)}`, gate.title]),
      width,
    ),
    ...(rest > 0 ? [`  and ${String(rest)} more`] : []),
  ]
}

/** Runbooks that fall due in one line, the most urgent first: as many names as fit, then how many more there are. */
export function dueRunbooksLine({ dueRunbooks }: Pick<DeskState, 'dueRunbooks'>, width: number): readonly string[] {
  if (dueRunbooks.length === 0) return []
  const urgency = ({ reasons }: DueRunbook): number => Math.min(...reasons.map(urgencyOf))
  const ids = [...dueRunbooks].sort((a, b) => urgency(a) - urgency(b)).map(({ id }) => id)
  const [head, next] = ['Runbooks due  ', ': desk runbook']
  return [`${head}${fitting(ids, width - head.length - next.length)}${next}`]
}

function fitting(names: readonly string[], width: number): string {
  for (let count = names.length; count > 1; count--) {
    const rest = names.length - count
    const text = `${names.slice(0, count).join(', ')}${rest === 0 ? '' : ` and ${String(rest)} more`}`
    if (text.length <= width) return text
  }
  const [first = ''] = names
  return names.length > 1 ? `${first} and ${String(names.length - 1)} more` : first
}

interface Urgency {
  readonly overdue: boolean
  readonly toMs: number
}
function byUrgency(a: Urgency, b: Urgency): number {
  if (a.overdue !== b.overdue) return a.overdue ? 1 : -1
  return a.overdue ? b.toMs - a.toMs : a.toMs - b.toMs
}
