/** `desk kill` loads the venue control: nothing on its way may be more than Node's own modules. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expect, test } from 'vitest'

/** Every module that is loaded with the file; types and later `import()` aside. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)(?! type)[^;]*?from '([^']+)'/gm,
  )) {
    if (name.startsWith('.')) loadedWith(resolve(dirname(file), name), seen)
    else seen.add(name)
  }
  return seen
}

test('the venue control loads Node modules and a dozen small files', () => {
  const loaded = [...loadedWith(resolve(import.meta.dirname, '../../../src/adapters/paper/control.ts'))]
  expect(loaded.filter((name) => !name.startsWith('/') && !name.startsWith('node:'))).toEqual([])
  expect(loaded.some((name) => name.endsWith('venue/matching.ts'))).toBe(true)
  expect(loaded.filter((name) => /\/(?:ports|calendar|config|book|world)[./]/.test(name))).toEqual([])
})
