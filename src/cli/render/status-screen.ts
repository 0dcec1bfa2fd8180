/** `desk status` as text or JSON, and its exit code. */
import type { Answer, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import type { Output } from '../output/published.ts'
import { table } from './layout.ts'
import { moment } from './moment.ts'
import { plainWords } from './plain-words.ts'
import { dueLines, stateLines, waitingLines } from './state.ts'
import type { DeskState } from '../state.ts'
import { exitCodes } from '../../model/failure.ts'
import { visible } from '../../source/visible.ts'

/** 0 whenever it could be told, unless the code is to tell the state as well. */
export function tellStatus(state: DeskState, { io, globals }: Context, withExitCode: boolean): Answer {
  if (globals.json) printJson(io, 'status', statusJson(state))
  else io.out(`${lines(state, io).join('\n')}\n`)
  if (withExitCode) return exitOf(state)
  return state.read.isHidden === true ? exitCodes.undetermined : exitCodes.ok
}

function lines(state: DeskState, io: Context['io']): readonly string[] {
  const waiting = waitingLines(state, io, 20)
  const due = dueLines(state, io.columns)
  return [
    ...stateLines(state, plainWords(io), io.columns),
    `  audit log ${state.auditOk ? 'sound in size (desk audit verify proves it)' : 'NOT sound'}`,
    ...state.problems.map((p) => `    ${p}`),
    ...incidentLines(state, io.columns),
    ...(waiting.length === 0 ? ['  no run waits'] : ['Waiting', ...waiting]),
    ...(due.length === 0 ? ['  no gate is due'] : ['Gates due', ...due]),
  ]
}

function incidentLines({ incidents }: DeskState, columns: number): readonly string[] {
  if (incidents === undefined) return ['  incidents are not among the files of this desk: desk incident list']
  return incidents.length === 0
    ? []
    : [
        'Incidents',
        ...table(
          incidents.map(({ id, openedAt, title }) => [id, `since ${moment(openedAt)}`, visible(title)]),
          columns,
        ),
      ]
}

/** 0 trading, 10 reduced, 4 halted, 2 cannot tell. */
function exitOf({ read }: DeskState): Answer {
  if (read.unknown !== undefined) return exitCodes.undetermined
  const { state, sizeMultiplier } = read.trading
  if (state === 'HALTED') return exitCodes.refused
  return state === 'ACTIVE' && sizeMultiplier === 1 && read.holds.length === 0 && read.held === undefined
    ? exitCodes.ok
    : 10
}

/** The contract's fields. */
export const statusJson = (state: DeskState): Output<'status'> => ({
  schema: 1,
  profile: state.profile,
  desk: state.desk,
  trading: state.read.trading,
  halts: state.read.halts,
  holds: state.read.holds,
  incidents: state.incidents ?? null,
  runs: {
    waiting: state.open.map(({ run, graph, title, state: now, isGone, needs, resumeAt }) => ({
      run,
      graph,
      title,
      state: now,
      ...(isGone ? { gone: true as const } : {}),
      needs: needs ?? [],
      resumeAt,
    })),
  },
  gates: { due: state.due },
  runbooks: { due: state.dueRunbooks },
  auditOk: state.auditOk,
})
