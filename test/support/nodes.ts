import type { PNode } from '../../src/source/yaml.ts'

/** The node at a path of keys and indices; throws where there is none, so that a test cannot pass on nothing. */
export function valueAt(root: PNode, ...path: readonly (string | number)[]): PNode {
  let node: PNode | undefined = root
  for (const step of path) {
    if (typeof step === 'number') node = node.kind === 'seq' ? node.items[step] : undefined
    else node = node.kind === 'map' ? node.entries.find((entry) => entry.key === step)?.value : undefined
    if (node === undefined) throw new Error(`nothing at ${path.join('.')}`)
  }
  return node
}
