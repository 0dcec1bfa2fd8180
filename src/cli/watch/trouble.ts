/** Why a look came to nothing, told once and then every few minutes: each look would say it again. */
import { failureOf } from '../failure-report.ts'
import { againMs } from './standing.ts'
import type { Watching } from './watching.ts'
import { visible } from '../../source/visible.ts'

export interface Trouble {
  /** The reason in a sentence, which standard error has by then; undefined where it was told lately. */
  readonly isNews: (error: unknown) => string | undefined
  /** A look has come to its end again. */
  readonly over: () => void
}

export function troubleOf(id: string, { context, nowMs }: Pick<Watching, 'context' | 'nowMs'>): Trouble {
  let told: { readonly reason: string; readonly atMs: number } | undefined
  return {
    isNews: (error) => {
      const { message, hint } = failureOf(error, false)
      const reason = visible(message)
      if (told?.reason === reason && nowMs() - told.atMs < againMs) return undefined
      told = { reason, atMs: nowMs() }
      context.io.err(`desk: ${id}: ${reason}\n${hint === undefined ? '' : `  next: ${visible(hint)}\n`}`)
      return reason
    },
    over: () => {
      told = undefined
    },
  }
}
