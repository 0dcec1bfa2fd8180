/** The shapes in which the paper desk's methods are written, by `port.method`. */
import type { Arguments } from './arguments.ts'
import type { Component, Performed } from './store.ts'
import { findPerformed, performOnce } from './store.ts'
import type { World } from './world.ts'

/** Answers the value, or throws PaperFailure with the reason why there is none. */
export type ReadHandler = (world: World, args: Arguments) => unknown

export interface EffectHandler {
  /** Takes place at most once per key. Throws PaperFailure where it did not, or `uncertain` where nobody knows. */
  readonly act: (world: World, args: Arguments, key: string, method: string) => Promise<Performed>
  /** What became of the key; undefined: nothing. Throws PaperFailure where that cannot be told. */
  readonly lookup: (world: World, args: Arguments, key: string) => Promise<Performed | undefined>
}

/** An effect on one component: what changed and the key are written together. */
export const effectOn = <T>(
  component: Component<T> | ((world: World, args: Arguments) => Component<T>),
  change: (state: T, world: World, args: Arguments, key: string) => unknown,
): EffectHandler => {
  const of = typeof component === 'function' ? component : (): Component<T> => component
  return {
    act: (world, args, key, method) =>
      Promise.resolve().then(() =>
        performOnce(world, of(world, args), { key, method }, (state) => change(state, world, args, key)),
      ),
    lookup: (world, args, key) => Promise.resolve().then(() => findPerformed(world, of(world, args), key)),
  }
}
