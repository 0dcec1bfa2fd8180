/** How long records are kept, as the configuration writes it: `900d`, `7y`. */

const dayMs = 86_400_000
/** Rather a few days too long than one too short. */
const daysOfYear = 366

/** Undefined for what is no such time. */
export function retentionMs(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,4})([dy])$/.exec(text) ?? []
  if (count === undefined) return undefined
  return Number(count) * (unit === 'y' ? daysOfYear : 1) * dayMs
}

export const shortestRetentionMs = 400 * dayMs
