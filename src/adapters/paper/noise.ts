/** Values that look measured: the same for the same text, on every machine. */
import { sha256 } from '../../model/sha256.ts'

/** At least 0, less than 1. */
export const noiseOf = (text: string): number => Number.parseInt(sha256(text).slice(0, 8), 16) / 0x1_0000_0000

/** A text that stays the same for so many minutes. */
export const bucketOf = (now: Date, minutes: number): string => String(Math.floor(now.getTime() / (minutes * 60_000)))
