/** The home screen: the trading state, what waits, what is due, and the next commands to type. */
import type { Answer, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { plainWords } from './plain-words.ts'
import { dueLines, dueRunbooksLine, stateLines, waitingLines } from './state.ts'
import { statusJson } from './status-screen.ts'
import type { DeskState } from '../state.ts'
import { exitCodes } from '../../model/failure.ts'

/** The screen is 24 lines high. */
const mostDue = 5

export function tellHome(state: DeskState, { io, globals }: Context): Answer {
  if (globals.json) {
    printJson(io, 'status', statusJson(state))
    return exitCodes.ok
  }
  const { columns } = io
  const waiting = waitingLines(state, columns, 3)
  const due = dueLines(state, columns, mostDue)
  const runbooks = dueRunbooksLine(state, columns)
  const halted = state.read.trading.state === 'HALTED'
  const lines = [
    ...stateLines(state, plainWords(io), columns),
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
  io.out(`${lines.join('\n')}\n`)
  return exitCodes.ok
}
