/** The trading state as the permit directory tells it, and the words people see for it. */
export interface Standing {
  readonly state: 'ACTIVE' | 'REDUCING' | 'HALTED'
  readonly sizeMultiplier: 0 | 0.25 | 0.5 | 1
}
/** TRADING, TRADING AT 25 %, CLOSE-ONLY, HALTED. */
export const wordsFor = (s: Standing): string =>
  s.state === 'HALTED'
    ? 'HALTED'
    : s.state === 'REDUCING'
      ? 'CLOSE-ONLY'
      : s.sizeMultiplier === 1
        ? 'TRADING'
        : `TRADING AT ${String(s.sizeMultiplier * 100)} %`
