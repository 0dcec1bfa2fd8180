/** Lists of procedures that a newcomer understands: what it is called, what it is for, what to type. */
import type { Context } from '../command.ts'
import { printJson } from '../output/print.ts'
import { cut } from './layout.ts'
import { styleOf } from './style.ts'

export interface Listed {
  readonly id: string
  readonly title: string
  /** Symptom, trigger or cadence. */
  readonly about: string
}

export function listing(
  command: 'runbook' | 'tree' | 'gates',
  items: readonly Listed[],
  { io, globals }: Context,
): void {
  if (globals.json) {
    printJson(io, 'procedures', { schema: 1, [command]: items })
    return
  }
  const style = styleOf(io)
  const widest = Math.max(0, ...items.map((i) => i.id.length))
  for (const { id, title, about } of items) {
    io.out(`  ${style.bold(id.padEnd(widest))}  ${cut(title, io.columns - widest - 4)}\n`)
    if (about !== '') io.out(`${' '.repeat(widest + 4)}${cut(about, io.columns - widest - 4)}\n`)
  }
  io.out(`\nnext: desk ${command} <id>   (desk show <id> reads it first)\n`)
}
