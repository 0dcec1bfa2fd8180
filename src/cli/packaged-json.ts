/** What the build derived for screens that start at once. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from './package-root.ts'

/** Throws where the build is not whole: what nobody sees is worse than a crash. */
export function readPackaged<T>(file: string, isItem: (value: unknown) => value is T): readonly T[] {
  const value: unknown = JSON.parse(readFileSync(join(packageRoot(), 'dist', file), 'utf8'))
  if (!Array.isArray(value) || !value.every(isItem))
    throw new Error(`dist/${file} is not what the build writes: npm run build`)
  return value
}
