/** The desk's state in lines: for `status` whole, for the home screen what matters first. */
import { cut, shown, table } from './layout.ts'
import { needLine } from './needs.ts'
import type { DeskState } from '../state.ts'
import { wordsFor } from '../../model/standing.ts'

export interface Words {
  readonly bold: (text: string) => string
  readonly toned: (word: string) => string
}

/** One line: the desk and its state, since when, by whom and why. */
export function stateLines({ desk, read }: DeskState, words: Words, width: number): readonly string[] {
  const { trading, halts, holds } = read
  const rate =
    trading.orderRate === 1 || trading.state === 'HALTED' ? '' : `, order rate ${String(trading.orderRate * 100)} %`
  const why = [
    trading.since === '' ? '' : `since ${trading.since}`,
    trading.by === '' ? '' : `by ${trading.by}`,
    trading.reason,
  ]
    .filter((t) => t !== '')
    .join(', ')
  return [
    `${words.bold(desk)}  ${words.toned(wordsFor(trading))}${rate}`,
    ...(why === '' ? [] : [cut(`  ${shown(why)}`, width)]),
    ...halts
      .filter((h) => h.scope !== 'all')
      .map((h) => cut(`  halted ${h.scope} by ${h.by}: ${shown(h.reason)}`, width)),
    ...holds.map((h) => cut(`  held ${h.scope} (${h.kind}) by ${h.rule}: ${shown(h.reason)}`, width)),
  ]
}

/** Runs that wait, each with what to type, newest first. */
export function waitingLines({ open }: DeskState, width: number, most: number): readonly string[] {
  const newest = [...open].reverse()
  const lines = newest.slice(0, most).flatMap((run) => {
    const need = run.needs?.[0]
    const what =
      run.state === 'open'
        ? { what: 'being walked, or its process died', next: `desk run continue ${run.run}` }
        : need === undefined
          ? { what: 'waiting', next: `desk run show ${run.run}` }
          : needLine(need, run.run)
    return [cut(`  ${run.graph ?? run.run}: ${shown(what.what)}`, width), cut(`    ${what.next}`, width)]
  })
  const rest = newest.length - most
  return [...lines, ...(rest > 0 ? [`  and ${String(rest)} more: desk run list`] : [])]
}

export function dueLines({ due }: DeskState, width: number): readonly string[] {
  return table(
    due.map((gate) => [gate.id, `until ${gate.to}`, gate.title]),
    width,
  )
}
