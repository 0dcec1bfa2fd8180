/** The file that takes the place of old ledger files, to the byte: it is signed before they go. */
import type { LedgerEntry } from './ledger-read.ts'

/** Each line as every line of the ledger lies on disk, a newline before it and behind it. */
export const prunedText = (lines: readonly Pick<LedgerEntry, 'text'>[]): string =>
  lines.map(({ text }) => `\n${text}\n`).join('')
