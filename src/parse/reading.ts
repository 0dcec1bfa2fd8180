/** What the readers of one document share: where findings go, and what was lost on the way. */
import type { PNode } from '../source/yaml.ts'
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

  private rememberNames(node: PNode): void {
    if (node.kind === 'seq') for (const item of node.items) this.rememberNames(item)
    if (node.kind !== 'map') return
    for (const { key, value } of node.entries) {
      if (key === 'save' && value.kind === 'scalar' && typeof value.value === 'string') this.lostNames.add(value.value)
      else this.rememberNames(value)
    }
  }
}
