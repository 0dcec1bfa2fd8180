/** What a program may well never need, made when somebody first asks for it and kept. */
export function once<T extends object>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
