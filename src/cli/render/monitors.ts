/** Monitors as people read them: those that fire or cannot be told, what was seen, and what to do. */
import type { Io } from '../command.ts'
import { cut, shown, wrap } from './layout.ts'
import { styleOf, toned } from './style.ts'
import type { MonitorsResult } from '../../walk/result.ts'

const indent = ' '.repeat(16)

export function monitorLines({ set, monitors }: MonitorsResult, io: Pick<Io, 'columns' | 'colour'>): readonly string[] {
  const style = styleOf(io)
  const bad = monitors.filter(({ status }) => status !== 'pass')
  const fine = `${String(monitors.length - bad.length)} of ${String(monitors.length)} monitors of ${set} are fine`
  return [
    ...bad.flatMap(({ id, title, level, status, reason, evidence, trouble = [], action }) => {
      const seen = evidence?.observed
      return [
        `  ${toned(style, status)}${' '.repeat(Math.max(1, 14 - status.length))}${cut(`${id} (${level})  ${title}`, io.columns - 16)}`,
        ...(reason === undefined ? [] : wrap(shown(reason), io.columns, indent)),
        ...(seen === undefined || seen === null ? [] : [cut(`${indent}seen ${shown(seen)}`, io.columns)]),
        ...trouble.flatMap((line) => wrap(shown(line), io.columns, indent)),
        ...(action === '' ? [] : wrap(`do: ${shown(action)}`, io.columns, indent)),
      ]
    }),
    fine,
  ]
}
