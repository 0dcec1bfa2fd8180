/** The home screen: the trading state, what waits, what is due, and the next commands to type. */
import type { Answer, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { plainWords } from './plain-words.ts'
import { dueLines, dueRunbooksLine, stateLines, waitingLines } from './state.ts'
import { statusJson } from './status-screen.ts'
import type { DeskState } from '../state.ts'
import { exitCodes } from '../../model/failure.ts'

/** How many of the gates that are due, of the waiting runs and of the lines about the state are told. */
interface Amounts {
  readonly due: number
  readonly waiting: number
  readonly state: number
}
/** From what is best to what takes least room: gates give way first, the state last. */
const amounts: readonly Amounts[] = [
  ...[5, 4, 3, 2, 1].map((due) => ({ due, waiting: 3, state: 8 })),
  ...[2, 1].map((waiting) => ({ due: 1, waiting, state: 8 })),
  ...[6, 4].map((state) => ({ due: 1, waiting: 1, state })),
]
/** Of a screen of 24: the command that was typed and the prompt that follows take a row each. */
const mostLines = 22

export function tellHome(state: DeskState, { io, globals }: Context): Answer {
  if (globals.json) {
    printJson(io, 'status', statusJson(state))
    return exitCodes.ok
  }
  const tried = amounts.map((most) => homeLines(state, io, most))
  const lines = tried.find(({ length }) => length <= mostLines) ?? tried.at(-1) ?? []
  io.out(`${lines.join('\n')}\n`)
  return exitCodes.ok
}

function homeLines(state: DeskState, io: Context['io'], most: Amounts): readonly string[] {
  const { columns } = io
  const standing = stateLines(state, plainWords(io), columns)
  const waiting = waitingLines(state, io, most.waiting)
  const due = dueLines(state, columns, most.due)
  const runbooks = dueRunbooksLine(state, columns)
  const halted = state.read.trading.state === 'HALTED'
  const unsaid = standing.length - most.state
  return [
    ...standing.slice(0, most.state),
    ...(unsaid > 0 ? [`  and ${String(unsaid)} more: desk status`] : []),
    ...(state.auditOk ? [] : [`  the audit log is not sound: desk audit verify`]),
    ...(waiting.length === 0 ? [] : ['', 'Waiting', ...waiting]),
    ...(due.length === 0 ? [] : ['', 'Gates due', ...due, '    desk gates --due']),
    ...(runbooks.length === 0 ? [] : ['', ...runbooks]),
    '',
    'Something is wrong   desk tree            pick the symptom',
    'Stop everything      desk kill            at once, asks nothing',
    halted
      ? 'Trade again          desk help release   step by step'
      : 'A planned change     desk runbook         pick the procedure',
    'More                 desk --help          desk help keys',
  ]
}
