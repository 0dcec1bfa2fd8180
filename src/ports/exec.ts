/** A program as a step, for what has no method yet. An effect that adds risk and is never repeated, unless the configuration says otherwise. */
import * as z from 'zod'
import { effect } from './method.ts'

export const execMethods = [
  effect(
    'exec',
    'run',
    'Run a program without a shell',
    { effect: 'once', risk: 'adds' },
    () => ({
      file: z.string(),
      args: z.array(z.string()).optional(),
      cwd: z.string().optional(),
    }),
    () => ({ exitCode: z.int(), stdout: z.string(), stderr: z.string() }),
  ),
]
