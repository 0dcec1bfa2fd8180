/**
 * How places are named. A frame is one entry into a graph; the run's own graph has the empty frame.
 *
 *   place = frame graph '#' node           runbook/a#call/runbook/b#flip
 *   frame = '' | place '/' | place '!/'    a call or what follows a leaf; what runs on failure
 *
 * Behind a place, `?needs` names the evidence that an answer needs, and `~undo` the undoing of an action. None of the separators can
 * occur in ids.
 */
import type { GraphId, NodeId } from '../model/graph.ts'

export const placeOf = (frame: string, graph: GraphId, node: NodeId): string => `${frame}${graph}#${node}`
/** The frame of a document that is called at a place, or follows a leaf. */
export const frameBelow = (path: string): string => `${path}/`
/** What runs because the node at a place failed. */
export const rescueOf = (path: string): string => `${path}!`
export const needsOf = (path: string): string => `${path}?needs`
export const isNeeds = (path: string): boolean => path.endsWith('?needs')
export const undoOf = (path: string): string => `${path}~undo`

/** The frame that a place lies in. */
export function frameOf(path: string): string {
  const graph = path.lastIndexOf('/', path.lastIndexOf('#'))
  return path.slice(0, path.lastIndexOf('/', graph - 1) + 1)
}

/** Graph and node of a place, without what may stand behind it. */
export function nodeAt(path: string): { readonly graph: string; readonly node: NodeId } {
  const hash = path.lastIndexOf('#')
  return {
    graph: path.slice(frameOf(path).length, hash),
    node: path.slice(hash + 1).replace(/(?:\?needs|~undo|!)$/, ''),
  }
}
