/** `desk run list|show`: what there is of runs, told as it stands on disk, also where a process died without a last word. */
import type { Command, Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { cut, shown, wrap } from '../render/layout.ts'
import { moment } from '../render/moment.ts'
import { needLines } from '../render/needs.ts'
import { styleOf, toned } from '../render/style.ts'
import { gatesOfRun } from '../walking/gate-windows.ts'
import { compilePinned } from '../walking/taking-up.ts'
import { runsOf, statusFor } from '../told-runs.ts'
import { printResult, resultOf } from '../walking/walk-run.ts'
import { whichDesk } from '../which-desk.ts'
import type { RunAsItStands } from '../../audit/presence.ts'
import { DeskError, exitCodes } from '../../model/failure.ts'
import type { JournalRecord } from '../../model/journal.ts'
import { pinnedTexts, readJournal, unsettled } from '../../walk/read-run.ts'

/** Ended runs that a list shows beside the open ones. */
const latestEnded = 10

/** Open runs, then the latest ended ones, newest first. What was given up with effects that nobody settled is finished for nobody. */
export function runsToShow(runs: readonly RunAsItStands[], mostEnded: number): readonly RunAsItStands[] {
  const ended = runs.filter((run) => run.state === 'closed')
  const latest = new Set(ended.slice(Math.max(0, ended.length - mostEnded)))
  return [
    ...runs.filter((run) => run.state !== 'closed'),
    ...ended.filter((run) => latest.has(run) || run.unsettled !== undefined).reverse(),
  ]
}

export const list: Command<{ readonly all: boolean }> = ({ all }, context) => {
  const { io, globals } = context
  const runs = runsOf(whichDesk(context).stateDir)
  const chosen = runsToShow(runs, all ? runs.length : latestEnded)
  if (globals.json) {
    const rows = chosen.map(({ process: _, isGone, ...run }) => ({
      ...run,
      status: statusFor({ ...run, isGone }),
      ...(isGone ? { gone: true as const } : {}),
    }))
    printJson(io, 'run-list', { schema: 1, runs: rows })
    return Promise.resolve(exitCodes.ok)
  }
  if (chosen.length === 0) io.out('no runs yet\n')
  const style = styleOf(io)
  for (const run of chosen) {
    const status = statusFor(run)
    const pad = ' '.repeat(Math.max(1, 13 - status.length))
    io.out(`${run.run}  ${toned(style, status)}${pad}${run.graph ?? ''}\n`)
    io.out(`${cut(`  by ${shown(run.by)}, ${moment(run.openedAt)}`, io.columns)}\n`)
    for (const line of linesFor(run, io)) io.out(`  ${line}\n`)
    for (const path of run.unsettled ?? []) io.out(`  unsettled: ${shown(path)}\n`)
  }
  return Promise.resolve(exitCodes.ok)
}

/** What an open run waits for, or who walks it; of one that has ended nothing. */
function linesFor(run: RunAsItStands, io: Context['io']): readonly string[] {
  if (run.state === 'closed') return []
  if (run.state === 'open' && !run.isGone) {
    const by = run.process === undefined ? '' : ` by process ${String(run.process.pid)}`
    return [`being walked${by}`]
  }
  const needs = needLines(run.needs ?? [], run.run, io)
  if (needs.length > 0) return needs
  return [run.isGone ? 'its process is gone, nobody walks it' : 'parked', `  next: desk run continue ${run.run}`]
}

export const show: Command<{ readonly run: string }> = ({ run }, context) => {
  const { io, globals, deps } = context
  const desk = whichDesk(context)
  const { journalled, state } = readJournal(desk, run)
  const { opened } = state
  if (opened === undefined)
    throw new DeskError('run-damaged', exitCodes.undetermined, `${run} has no beginning`, 'desk audit verify')
  const standing = runsOf(desk.stateDir).find((each) => each.run === run)
  const isGone = standing?.isGone === true
  if (globals.json) {
    const { root, documents } = opened.pinned
    const texts = pinnedTexts(desk, documents)
    const graphs = compilePinned(texts)
    const set = { graph: graphs.get(root), text: texts.find(({ id }) => id === root)?.text ?? '' }
    const gates = gatesOfRun(desk.stateDir, set, opened, deps.now().getTime())
    printResult(io, { root }, resultOf({ graphs, root, run, state, isGone }, gates))
    return Promise.resolve(exitCodes.ok)
  }
  io.out(`${run}  ${opened.title}\n  ${opened.pinned.root}, opened by ${opened.by.id}, ${moment(opened.time)}\n`)
  for (const { record } of journalled) if (record.kind !== 'opened') io.out(`${recordLine(record, context)}\n`)
  for (const path of unsettled(state)) io.out(`  unsettled: ${shown(path)}\n`)
  const { closed } = state
  if (closed?.reason !== undefined)
    for (const line of wrap(`${closed.outcome}: ${shown(closed.reason)}`, io.columns, '  ')) io.out(`${line}\n`)
  if (closed === undefined)
    for (const line of linesFor(standing ?? { run, state: 'open', openedAt: '', by: '', segments: 1, isGone }, io))
      io.out(`${line}\n`)
  return Promise.resolve(exitCodes.ok)
}

function recordLine(record: JournalRecord, { io }: Context): string {
  const at = 'at' in record ? record.at.path : ''
  const { kind, ...rest } = record
  const said =
    'outcome' in rest
      ? rest.outcome
      : 'answer' in rest
        ? rest.answer
        : 'verdict' in rest
          ? rest.verdict
          : 'result' in rest
            ? rest.result
            : 'as' in rest
              ? rest.as
              : ''
  const time = record.time.slice(0, 19).replace('T', ' ')
  return cut(`  ${time}  ${kind.padEnd(10)} ${shown(said)}  ${at}`, io.columns)
}
