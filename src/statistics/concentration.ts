/** How much of a result comes from one name. */

export interface Amount {
  readonly name: string
  readonly value: number
}

/** The largest share of the gross absolute amount: gains and losses do not cancel. `undefined` where nothing was gained or lost, or an amount is no number. */
export function largestShare(
  amounts: readonly Amount[],
): { readonly name: string; readonly share: number } | undefined {
  const gross = amounts.reduce((total, { value }) => total + Math.abs(value), 0)
  const [largest] = amounts.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
  return largest === undefined || gross === 0 || !Number.isFinite(gross)
    ? undefined
    : { name: largest.name, share: Math.abs(largest.value) / gross }
}
