/** Values that look measured: the same for the same text, on every machine. */
import { createHash } from 'node:crypto'

/** At least 0, less than 1. */
export const noiseOf = (text: string): number =>
  Number.parseInt(createHash('sha256').update(text).digest('hex').slice(0, 8), 16) / 0x1_0000_0000

/** A text that stays the same for so many minutes. */
export const bucketOf = (now: Date, minutes: number): string => String(Math.floor(now.getTime() / (minutes * 60_000)))
