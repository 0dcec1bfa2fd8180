/** How a walk of gates ends: each gate with what it came to, and the worst of them as the exit code. */
import type { Context } from '../command.ts'
import type { Library } from '../library.ts'
import { gateLines } from '../render/gates.ts'
import { type GatesShown, tellOf } from './walk-run.ts'
import type { Graph } from '../../model/graph.ts'
import { type ExitCode, exitCodes, worstExit } from '../../model/failure.ts'
import { gatesResult, type GatesResult } from '../../walk/result.ts'
import { graphOf, type Shown } from '../../walk/shown.ts'
import type { WalkResult } from '../../walk/walk.ts'

/** Told once, at the end: the walk itself prints its checks as they are judged. */
export function endOfGates(
  shown: Shown,
  { windows = new Map(), earlier, only, waivers }: GatesShown,
  result: WalkResult,
  library: Library,
  context: Context,
): ExitCode {
  const told = gatesResult(shown, windows, earlier, only, waivers)
  if (tellOf(context.globals) === 'lines') {
    for (const line of gateLines(told, context.io)) context.io.out(`${line}\n`)
    for (const line of missingEvidence(told, graphOf(shown, shown.root), library)) context.io.err(`${line}\n`)
  }
  return exitOfGates(told, only, result.kind === 'parked' && result.signal !== undefined ? result.exit : 0)
}

/** A gate that looks for evidence waits, and then fails, until somebody walks what leaves it behind. */
function missingEvidence({ gates }: GatesResult, graph: Graph, library: Library): readonly string[] {
  return gates.flatMap(({ id, status, reason }) => {
    const node = graph.nodes.get(id)
    // A pending gate that was looked at says why it is.
    const isMissing = status === 'fail' || (status === 'pending' && reason !== undefined)
    if (!isMissing || node?.kind !== 'evidence') return []
    const source = [...library.graphs.values()].find(({ records }) => records === node.event)
    return source === undefined
      ? []
      : [`  next: desk ${source.id.replace('/', ' ')}, then desk gates ${nameOf(graph)}  (${id})`]
  })
}

const nameOf = ({ id }: Graph): string => id.slice(id.indexOf('/') + 1)

/** Pending never reddens nor greens: it is left out. What was missed can no longer pass. With --only the gates that were asked for decide. */
export function exitOfGates({ gates }: GatesResult, asked: readonly string[] | undefined, signal: ExitCode): ExitCode {
  if (signal !== 0) return signal
  const codes = gates
    .filter(({ id }) => asked?.includes(id) !== false)
    .map(({ status }): ExitCode => {
      switch (status) {
        case 'pass':
        case 'waived':
        case 'pending':
          return exitCodes.ok
        case 'fail':
        case 'missed':
          return exitCodes.failed
        case 'undetermined':
          return exitCodes.undetermined
        case 'waiting':
          return exitCodes.waiting
      }
    })
  return worstExit(codes)
}
