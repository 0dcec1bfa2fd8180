/** `desk` alone: the trading state, what waits, what is due, and the next commands to type. */
import type { Command } from '../command.ts'
import { printJson } from '../output/print.ts'
import { statusJson } from './status.ts'
import { plainWords } from '../render/plain-words.ts'
import { dueLines, dueRunbooksLine, stateLines, waitingLines } from '../render/state.ts'
import { readState } from '../state.ts'
import { exitCodes } from '../../model/failure.ts'

/** The screen is 24 lines high. */
const mostDue = 5

export const run: Command<object> = async (_, context) => {
  const { io, globals } = context
  const state = await readState(context)
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
