/** What is said about tickets, and which of them nobody takes care of. */
import * as z from 'zod'
import { effect, read } from './method.ts'

const neutral = { effect: 'idempotent', risk: 'neutral' } as const

export const ticketMethods = [
  read(
    'tickets',
    'grooming',
    'Tickets of the last closed sessions and since: those without an owner, and those closed without a written postmortem',
    () => ({ sessions: z.int() }),
    () => ({
      tickets: z.int(),
      unowned: z.int(),
      closedWithoutPostmortem: z.int(),
      /** Ids of those that are either. */
      neglected: z.array(z.string()),
    }),
  ),
  effect(
    'tickets',
    'comment',
    'Add a comment to a ticket',
    neutral,
    () => ({ ticket: z.string(), text: z.string() }),
    () => ({ id: z.string(), comments: z.int() }),
  ),
  effect(
    'tickets',
    'link',
    'Link a ticket to another one',
    neutral,
    () => ({ ticket: z.string(), to: z.string() }),
    () => ({ id: z.string(), to: z.string() }),
  ),
]
