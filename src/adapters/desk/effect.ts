/** What an effect of the desk itself is made of, and what it may use. */
import type { Config } from '../../config/load.ts'
import type { Decider } from '../../killswitch/roster.ts'
import type { Means } from '../../killswitch/record.ts'
import type { Person } from '../../model/journal.ts'
import type { Adapter, Call } from '../../ports/adapter.ts'

export interface DeskOptions extends Means {
  readonly config: Pick<Config, 'desk' | 'venues' | 'operators'>
  readonly profile: 'paper' | 'live'
  readonly deskName: string
  /** Absolute. */
  readonly stateDir: string
  readonly by: Person
  /** Who asks for what loosens; absent: `by`, which on a live desk is not enough. */
  readonly decider?: () => Decider
  /** Whoever serves the other ports. */
  readonly inner: Adapter
}
export interface World extends DeskOptions {
  /** Undefined where the system does not tell: then nothing is permitted, and nothing can be loosened. */
  readonly boot: string | undefined
}

export type Args = Readonly<Record<string, unknown>>
export type Outcome =
  | { readonly kind: 'done'; readonly value: unknown; readonly remark?: string }
  | { readonly kind: 'failed'; readonly reason: string }

export const done = (value: unknown, remark?: string): Outcome => ({
  kind: 'done',
  value,
  ...(remark === undefined ? {} : { remark }),
})
export const failed = (reason: string): Outcome => ({ kind: 'failed', reason })

export interface DeskEffect {
  /** Done under the same key and no longer so: it is done again. Halting is never refused for having been asked before. */
  readonly holdsOn?: true
  /**
   * What the arguments come to, decided once per key and kept: "half" is half of what there was at the first attempt. Absent where
   * repeating changes nothing anyway.
   */
  readonly plan?: (world: World, args: Args) => Readonly<Record<string, unknown>>
  readonly perform: (
    world: World,
    args: Args,
    plan: Readonly<Record<string, unknown>>,
    call: Pick<Call, 'timeoutMs' | 'signal'>,
  ) => Outcome | Promise<Outcome>
  /** The result where the state shows that it took place although nobody noted it; undefined: it does not. */
  readonly happened: (world: World, args: Args, plan: Readonly<Record<string, unknown>>) => unknown
}
