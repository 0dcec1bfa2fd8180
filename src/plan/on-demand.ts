/** A map whose values are made when somebody first asks for them. */
export class OnDemand<K, V extends object> implements ReadonlyMap<K, V> {
  readonly #makers: ReadonlyMap<K, () => V>
  readonly #made = new Map<K, V>()

  constructor(makers: ReadonlyMap<K, () => V>) {
    this.#makers = makers
  }

  get size(): number {
    return this.#makers.size
  }

  has(key: K): boolean {
    return this.#makers.has(key)
  }

  get(key: K): V | undefined {
    const make = this.#makers.get(key)
    return make === undefined ? undefined : this.#valueOf(key, make)
  }

  keys(): MapIterator<K> {
    return this.#makers.keys()
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, make] of this.#makers) yield [key, this.#valueOf(key, make)]
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries()
  }

  forEach(use: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) use(value, key, this)
  }

  #valueOf(key: K, make: () => V): V {
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const value = make()
    this.#made.set(key, value)
    return value
  }
}
