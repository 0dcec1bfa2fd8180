/** Runs as `desk run` lists, ends and approves them. */
import * as z from 'zod'
import { list, need, output, runStatus } from './parts.ts'

const text = z.string()

export const runList = output({
  runs: list(
    z.strictObject({
      run: text,
      graph: text.optional(),
      title: text.optional(),
      openedAt: text,
      by: text,
      state: z.enum(['open', 'parked', 'closed']),
      outcome: text.optional(),
      endedAt: text.optional(),
      needs: list(need).optional(),
      locks: list(text).optional(),
      resumeAt: text.optional(),
      segments: z.int(),
      /** Of a run that was given up: places of effects that nobody settled. */
      unsettled: list(text).optional(),
      /** Its process died, and nobody walks it. */
      gone: z.literal(true).optional(),
      status: runStatus,
    }),
  ),
})
const ended = output({
  run: z.strictObject({ id: text, status: z.literal('aborted') }),
  by: text,
  /** Who agreed, or took it over. */
  second: text,
  /** Places of effects of which nobody knows whether they took place. */
  unsettled: list(text),
})
/** One person has asked; another one has to agree. */
const asked = output({
  run: z.strictObject({ id: text, status: z.literal('waiting') }),
  asked: z.strictObject({ by: text, disposition: z.enum(['leave', 'hand-over']), to: text.optional() }),
})
export const runAbort = z.union([ended, asked])
export const runApprove = output({
  run: text,
  decision: z.enum(['approved', 'declined']),
  decided: list(z.strictObject({ at: text, role: text })),
})
