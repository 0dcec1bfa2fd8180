/** The trading state as the permit directory tells it, and the words people see for it. */
export interface Standing {
  readonly state: 'ACTIVE' | 'REDUCING' | 'HALTED'
  readonly sizeMultiplier: 0 | 0.25 | 0.5 | 1
}
/** Together with what rules hold of the whole desk. */
export interface InForce extends Standing {
  readonly held?: 'no-new' | 'reduce-only'
}
/** The strictest in force: TRADING, TRADING AT 25 %, CLOSE-ONLY, HELD (by a rule, no order passes), HALTED. */
export const wordsFor = (s: InForce): string =>
  s.state === 'HALTED'
    ? 'HALTED'
    : s.held === 'no-new'
      ? 'HELD'
      : s.state === 'REDUCING' || s.held === 'reduce-only'
        ? 'CLOSE-ONLY'
        : s.sizeMultiplier === 1
          ? 'TRADING'
          : `TRADING AT ${String(s.sizeMultiplier * 100)} %`
