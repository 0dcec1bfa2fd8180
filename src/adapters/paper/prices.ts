/** Prices and volumes of bars: they swing around the reference of the instrument, the same for the same moment. */
import { findInstrument } from './instruments.ts'
import { noiseOf } from './noise.ts'

export interface Bar {
  readonly at: string
  readonly open: string
  readonly high: string
  readonly low: string
  readonly close: string
  readonly volume: number
}

const hourMs = 3_600_000

/** In dollars. */
function priceAt(symbol: string, ms: number): number {
  const { reference } = findInstrument(symbol) ?? { reference: '1' }
  const phase = noiseOf(symbol) * 10
  const swing = 0.004 * Math.sin(ms / (5 * hourMs) + phase) + 0.001 * Math.sin(ms / (hourMs / 7) + 3 * phase)
  return Number(reference) * (1 + swing)
}

const cents = (dollars: number): string => String(Number(dollars.toFixed(2)))

/** The bar that ends at `endMs`. */
export function barAt(symbol: string, endMs: number, intervalMs: number): Bar {
  const [open, close] = [priceAt(symbol, endMs - intervalMs), priceAt(symbol, endMs)]
  const noise = noiseOf(`${symbol} ${String(endMs)}`)
  const wick = close * 0.0004 * noise
  return {
    at: new Date(endMs).toISOString(),
    ...{ open: cents(open), close: cents(close) },
    ...{ high: cents(Math.max(open, close) + wick), low: cents(Math.min(open, close) - wick) },
    volume: 1000 + Math.floor(noise * 9000),
  }
}
