/** What the readers of one document share: where findings go, and what was lost on the way. */
import type { PNode, PSeq } from '../source/yaml.ts'
import type { Report } from './form.ts'

export class Reading {
  /** Names saved by parts that could not be read. */
  readonly lostNames = new Set<string>()
  isWhole = true

  constructor(readonly report: Report) {}

  /** The part is left out; what it would have saved is remembered, so that its readers are not blamed. */
  lose(part: PNode): void {
    this.isWhole = false
    this.rememberNames(part)
  }

  /** What can be read of a list, in its order; the rest is lost. */
  items<T extends object>(list: PSeq | undefined, read: (item: PNode, index: number) => T | undefined): readonly T[] {
    return (list?.items ?? []).flatMap((item, i): readonly T[] => {
      const part = read(item, i)
      if (part !== undefined) return [part]
      this.lose(item)
      return []
    })
  }

  private rememberNames(node: PNode): void {
    if (node.kind === 'seq') for (const item of node.items) this.rememberNames(item)
    if (node.kind !== 'map') return
    for (const { key, value } of node.entries) {
      if (key === 'save' && value.kind === 'scalar' && typeof value.value === 'string') this.lostNames.add(value.value)
      else this.rememberNames(value)
    }
  }
}
