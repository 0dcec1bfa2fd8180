/** Undoing a run: its effects backwards, through the same gates and with the same care as any effect. */
import type { Step } from './command.ts'
import { done, spotOf, type World } from './frame.ts'
import { nextAction } from './next-action.ts'
import { frameAt } from './next.ts'
import { frameOf, nodeAt, undoOf } from './place.ts'
import type { Ports } from './ports.ts'
import { isGraphId } from './scope.ts'
import { entryAt, type State } from './state.ts'
import { walk, type RunInProgress, type WalkResult } from './walk.ts'

/** Ends as aborted; the reason names what could not be undone. */
export const undo = (run: RunInProgress, ports: Ports): Promise<WalkResult> => walk(run, ports, nextUndo)

/** W18 Effects are undone in the opposite order, each only once; one that cannot be undone does not keep the others from it. */
function nextUndo(world: World, state: State): Step {
  if (state.closed !== undefined) return done(state.closed.outcome, state.closed.reason)
  const left: string[] = []
  for (const place of state.done.toReversed()) {
    const { graph, node: id } = nodeAt(place.path)
    const frame = isGraphId(graph) ? frameAt(world, state, graph, frameOf(place.path)) : undefined
    if (frame === undefined) throw new Error(`the run has done ${place.path}, which it does not pin`)
    const spot = spotOf(frame, id)
    if (spot.node.kind !== 'action' || spot.node.undo === undefined) {
      left.push(id)
      continue
    }
    const path = undoOf(place.path)
    const entry = entryAt(state, path)
    if (entry.outcome === undefined) {
      const at = { path, visit: place.visit }
      return nextAction(
        frame,
        { node: spot.node, at, entry: { ...entry, visit: place.visit } },
        { invocation: spot.node.undo, undoes: place },
      )
    }
    if (entry.outcome.outcome !== 'ok') left.push(id)
  }
  return done('aborted', left.length === 0 ? 'undone' : `undone but for ${left.join(', ')}`)
}
