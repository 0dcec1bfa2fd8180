/** Undoing a run: its effects backwards, through the same gates and with the same care as any effect. */
import type { ActionNode } from '../model/graph.ts'
import type { Place } from '../model/journal.ts'
import type { Step } from './command.ts'
import { done, spotOf, type Frame, type World } from './frame.ts'
import { nextAction } from './next-action.ts'
import { frameAt } from './next.ts'
import { frameOf, nodeAt, undoOf } from './place.ts'
import type { Ports } from './ports.ts'
import { isGraphId } from './scope.ts'
import { endOf, entryAt, type State } from './state.ts'
import { walk, type RunInProgress, type WalkResult } from './walk.ts'

/** Ends as aborted; the reason names what could not be undone. */
export const undo = (run: RunInProgress, ports: Ports): Promise<WalkResult> => walk(run, ports, nextUndo)

/** Undoing has begun, so the run goes on backwards or not at all: what is done forwards again would stand on what is no longer there. */
export const isBeingUndone = (state: State): boolean =>
  [...state.entries.values()].some(({ attempts }) => attempts.some(({ undoes }) => undoes !== undefined))

/**
 * W18 Effects are undone in the opposite order, each only once; one that cannot be undone does not keep the others from it. Before
 *    anything is undone, what was cut off in the middle is looked up: it may have taken place.
 */
function nextUndo(world: World, state: State): Step {
  if (state.closed !== undefined) return done(state.closed.outcome, state.closed.reason)
  const left: string[] = []
  for (const [path, { attempts, visit }] of state.entries) {
    const last = attempts.at(-1)
    if (last === undefined || last.undoes !== undefined) continue
    const end = endOf(last)
    if (end === 'unknown') left.push(`${nodeAt(path).node} (nobody knows whether it took place)`)
    if (end !== undefined) continue
    const { frame, node } = actionAt(world, state, { path, visit })
    if (node !== undefined)
      return nextAction(frame, { node, at: { path, visit }, entry: entryAt(state, path) }, { invocation: node.do })
  }
  for (const place of state.done.toReversed()) {
    const { frame, node } = actionAt(world, state, place)
    if (node?.undo === undefined) {
      left.push(nodeAt(place.path).node)
      continue
    }
    const path = undoOf(place.path)
    const entry = entryAt(state, path)
    if (entry.outcome === undefined) {
      const at = { path, visit: place.visit }
      return nextAction(
        frame,
        { node, at, entry: { ...entry, visit: place.visit } },
        { invocation: node.undo, undoes: place },
      )
    }
    if (entry.outcome.outcome !== 'ok') left.push(node.id)
  }
  return done('aborted', left.length === 0 ? 'undone' : `undone but for ${left.join(', ')}`)
}

function actionAt(
  world: World,
  state: State,
  { path }: Place,
): { readonly frame: Frame; readonly node: ActionNode | undefined } {
  const { graph, node: id } = nodeAt(path)
  const frame = isGraphId(graph) ? frameAt(world, state, graph, frameOf(path)) : undefined
  if (frame === undefined) throw new Error(`the run has done ${path}, which it does not pin`)
  const { node } = spotOf(frame, id)
  return { frame, node: node.kind === 'action' ? node : undefined }
}
