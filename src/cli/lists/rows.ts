/** Lines of a list: what to type first, what it is, and at the right what came of it last. */
import { cut } from '../render/layout.ts'
import type { LastRun } from '../told-runs.ts'
import { displayWidth } from '../../source/visible.ts'

export interface Row {
  /** One column wide: what to look out for, or a blank. */
  readonly mark: string
  readonly id: string
  /** Gives way where the line is too long. */
  readonly text: string
  readonly last?: LastRun | undefined
}

/** One line each, all with the same columns, none wider than `width`. */
export function rowLines(rows: readonly Row[], width: number): readonly string[] {
  const idWidth = widest(rows.map(({ id }) => id))
  const room = Math.max(12, width - 2 - idWidth - 2)
  const lastWidth = widest(rows.map(({ last }) => lastWords(last)))
  const told = rows.filter(({ last }) => last !== undefined)
  const textWidth = Math.min(Math.max(12, room - 2 - lastWidth), widest(told.map(({ text }) => text)))
  return rows.map(({ mark, id, text, last }) => {
    const rest = last === undefined ? cut(text, room) : `${pad(cut(text, textWidth), textWidth)}  ${lastWords(last)}`
    return `${mark} ${pad(id, idWidth)}  ${rest}`
  })
}

/** Result and date: `succeeded 2026-11-20`. */
export const lastWords = (last: LastRun | undefined): string =>
  last === undefined ? '' : `${last.status} ${last.at.slice(0, 10)}`

const widest = (cells: readonly string[]): number => Math.max(0, ...cells.map(displayWidth))
const pad = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - displayWidth(text)))
