/** Positioned nodes as plain values, and back from a path in the value to its node. */
import type { PNode } from './yaml.ts'

/** The deepest node that a path leads to: where a part of it is missing, the node it is missing from. */
export function nodeAt(root: PNode, path: readonly PropertyKey[]): PNode {
  let node = root
  for (const step of path) {
    const below =
      node.kind === 'map'
        ? node.entries.find((e) => e.key === step)?.value
        : node.kind === 'seq'
          ? node.items[Number(step)]
          : undefined
    if (below === undefined) return node
    node = below
  }
  return node
}

/** The values without their places. */
export function plain(node: PNode): unknown {
  if (node.kind === 'scalar') return node.value
  if (node.kind === 'seq') return node.items.map(plain)
  return Object.fromEntries(node.entries.map((e) => [e.key, plain(e.value)]))
}
