/** Bundles one TypeScript file for a forked process, which cannot load TypeScript by itself. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
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
  const input = resolve(root, entry)
  const built = await rolldown({ input, platform: 'node', tsconfig: resolve(root, 'tsconfig.json') })
  const { output } = await built.generate({ format: 'esm', codeSplitting: false })
  await built.close()
  const code = output[0].code
  // Named by content: test files that run at the same time share it, and nothing is left behind but a cache.
  const dir = join(root, 'node_modules/.cache/desk-test')
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 16)
  const file = join(dir, `${basename(entry, '.ts')}-${hash}.mjs`)
  if (existsSync(file)) return file
  mkdirSync(dir, { recursive: true })
  writeFileSync(`${file}.${String(process.pid)}`, code)
  renameSync(`${file}.${String(process.pid)}`, file)
  return file
}
