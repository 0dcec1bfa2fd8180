/** What the paper desk trades. Steps and prices are decimal strings in dollars and shares. */
export interface Instrument {
  readonly symbol: string
  readonly tick: string
  readonly lot: string
  /** Where the street quotes around. */
  readonly reference: string
}

const share = { tick: '0.01', lot: '1' } as const

export const instruments: readonly Instrument[] = [
  { symbol: 'SPY', reference: '592.10', ...share },
  { symbol: 'QQQ', reference: '503.40', ...share },
  { symbol: 'AAPL', reference: '229.35', ...share },
  { symbol: 'MSFT', reference: '417.80', ...share },
  { symbol: 'NVDA', reference: '141.20', ...share },
  { symbol: 'AMZN', reference: '202.65', ...share },
]

export const findInstrument = (symbol: string): Instrument | undefined =>
  instruments.find((instrument) => instrument.symbol === symbol)
