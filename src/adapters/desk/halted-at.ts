/** When the present halt began, for adapters that count per halt. */
import { readTrading } from '../../killswitch/trading.ts'

/** Undefined while the desk is not halted as a whole, or where nobody knows since when it is. */
export function haltedAt(stateDir: string, now: Date): Date | undefined {
  const { trading } = readTrading(stateDir, now.getTime())
  const sinceMs = trading.state === 'HALTED' ? Date.parse(trading.since) : Number.NaN
  return Number.isNaN(sinceMs) ? undefined : new Date(sinceMs)
}
