/**
 * Bundles one TypeScript file for a forked process, which cannot load TypeScript by itself. The result lies outside the tree and goes
 * when the test process ends.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { rolldown } from 'rolldown'

const root = resolve(import.meta.dirname, '../..')
const bundles = new Map<string, Promise<string>>()

/** `entry` is relative to the project, e.g. `test/audit/fixtures/writer.ts`. Answers the path of an ES module. */
export function bundle(entry: string): Promise<string> {
  const known = bundles.get(entry)
  if (known !== undefined) return known
  const built = build(entry)
  bundles.set(entry, built)
  return built
}

async function build(entry: string): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'desk-bundle-'))
  process.on('exit', () => {
    rmSync(dir, { recursive: true, force: true })
  })
  const file = join(dir, `${basename(entry, '.ts')}.mjs`)
  const built = await rolldown({
    input: resolve(root, entry),
    platform: 'node',
    tsconfig: resolve(root, 'tsconfig.json'),
  })
  await built.write({ file, format: 'esm', codeSplitting: false })
  await built.close()
  return file
}
