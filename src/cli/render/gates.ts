/** Gates as people read them: the status first, then what it is about, then why. */
import type { Io } from '../command.ts'
import { cut, shown, wrap } from './layout.ts'
import { moment } from './moment.ts'
import { styleOf, toned } from './style.ts'
import type { GatesResult } from '../../walk/result.ts'

export function gateLines(
  { cadence, gates, complete }: GatesResult,
  io: Pick<Io, 'columns' | 'colour'>,
): readonly string[] {
  const style = styleOf(io)
  const lines = gates.flatMap(({ id, title, status, window, reason, evidence }) => {
    const head = `  ${toned(style, status)}${' '.repeat(Math.max(1, 13 - status.length))}${cut(`${id}  ${title}`, io.columns - 15)}`
    const when =
      status === 'pending' || status === 'missed'
        ? [`               ${moment(window.from)} to ${moment(window.to)}`]
        : []
    const bad = status === 'fail' || status === 'undetermined'
    const why = reason === undefined ? [] : wrap(shown(reason), io.columns, '               ')
    const seen =
      !bad || evidence?.observed === undefined || evidence.observed === null
        ? []
        : [cut(`               seen ${shown(evidence.observed)}`, io.columns)]
    return [head, ...when, ...why, ...seen]
  })
  return ['', `${cadence} gates${complete ? '' : ' (not complete)'}`, ...lines]
}
