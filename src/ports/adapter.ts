/** What an adapter is to the walker: one function for reads, one for effects, one to find out later. It never throws for a broken world. */
export interface Call {
  readonly port: string
  readonly method: string
  /** Validated against the method's schema. */
  readonly args: Readonly<Record<string, unknown>>
  readonly timeoutMs: number
  readonly signal: AbortSignal
}
/** A reading: a value with its moment, source and completeness, or a failure with a reason. Never an empty list on failure. */
export type Reading =
  | {
      readonly kind: 'value'
      readonly value: unknown
      readonly asOf: string
      readonly source: string
      readonly complete: boolean
    }
  | { readonly kind: 'failure'; readonly reason: string; readonly source: string; readonly unreachable: boolean }
/** What became of an effect. `unknown`: it may or may not have taken place. */
export type Effected =
  | { readonly kind: 'done'; readonly value: unknown; readonly asOf: string; readonly source: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly source: string }
  | { readonly kind: 'unknown'; readonly reason: string; readonly source: string }
/** What a look-up by idempotency key says of an effect whose outcome was lost. */
export type Settlement =
  | { readonly kind: 'done'; readonly value: unknown; readonly asOf: string; readonly source: string }
  | { readonly kind: 'not-done'; readonly asOf: string; readonly source: string }
  | { readonly kind: 'cannot-tell'; readonly reason: string }

export interface Adapter {
  readonly name: string
  /** `port.method` names that this adapter serves. */
  readonly has: ReadonlySet<string>
  read(call: Call): Promise<Reading>
  /** `key` is the idempotency key: derived once from run and place, persisted before this is called. */
  act(call: Call & { readonly key: string }): Promise<Effected>
  lookup(call: Call & { readonly key: string }): Promise<Settlement>
}
