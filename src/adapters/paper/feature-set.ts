/** What the paper desk's model is made of, and what else could be put into it. */
export interface Feature {
  readonly feature: string
  /** Share of the model's importance in an ordinary month. */
  readonly share: number
}

/** Features v2.3.0, the most important first. Shares sum to one. */
export const productionFeatures: readonly Feature[] = [
  { feature: 'overnight_gap', share: 0.18 },
  { feature: 'momentum_20d', share: 0.15 },
  { feature: 'order_imbalance', share: 0.13 },
  { feature: 'realised_vol_5d', share: 0.11 },
  { feature: 'spread_z', share: 0.09 },
  { feature: 'earnings_surprise', share: 0.08 },
  { feature: 'sector_beta', share: 0.07 },
  { feature: 'short_interest', share: 0.06 },
  { feature: 'volume_z', share: 0.05 },
  { feature: 'vwap_distance', share: 0.04 },
  { feature: 'option_skew', share: 0.03 },
  { feature: 'index_weight', share: 0.01 },
]
/** Found by research and not yet in production. */
export const candidateFeatures: readonly Feature[] = [
  { feature: 'auction_pressure', share: 0.07 },
  { feature: 'headline_count', share: 0.02 },
]

export const findFeature = (name: string): Feature | undefined =>
  [...productionFeatures, ...candidateFeatures].find(({ feature }) => feature === name)
