/** What the paper vendors were told and what happened to their feeds: subscriptions that were lost, and bars that were filled in later. */
import * as z from 'zod'
import { once } from '../../model/once.ts'
import { moment } from '../../ports/method.ts'
import { instruments } from './instruments.ts'
import { vendorIds } from './routing.ts'
import type { Component } from './store.ts'

const marketDataState = once(() =>
  z.strictObject({
    /** Subscriptions that were lost at some time; all others stand. */
    losses: z.array(
      z.strictObject({
        vendor: z.enum(vendorIds),
        symbol: z.string(),
        lostAt: moment,
        /** Absent: it is lost still. */
        backAt: moment.optional(),
      }),
    ),
    /** Fills every bar that was missing after `from` and up to `at`, when it was made. */
    backfills: z.array(z.strictObject({ vendor: z.enum(vendorIds), from: moment, at: moment })),
  }),
)
export type MarketData = z.infer<ReturnType<typeof marketDataState>>

export const marketDataComponent: Component<MarketData> = {
  name: 'market-data',
  parse: (value) => marketDataState().safeParse(value).data,
  seed: () => ({ losses: [], backfills: [] }),
}

/** Drops every subscription at the primary vendor. */
export function loseSubscriptions(state: MarketData, at: string): void {
  state.losses.push(...instruments.map(({ symbol }) => ({ vendor: 'primary' as const, symbol, lostAt: at })))
}

/** Subscribes again what is lost of these symbols; of all where none are named. */
export function subscribeAgain(state: MarketData, vendor: string, at: string, symbols?: readonly string[]): void {
  for (const loss of state.losses) {
    if (loss.vendor === vendor && symbols?.includes(loss.symbol) !== false) loss.backAt ??= at
  }
}
