/** Output in which configured secrets are blacked out, from when the configuration is known: also in messages of what failed. */
import { textRedactor } from '../audit/redact.ts'
import type { Io } from './command.ts'

export function hidingIo(io: Io): Io {
  let clean = (text: string): string => text
  return {
    ...io,
    out: (text) => {
      io.out(clean(text))
    },
    err: (text) => {
      io.err(clean(text))
    },
    hide: (secrets) => {
      if (secrets.length > 0) clean = textRedactor(secrets)
    },
  }
}
