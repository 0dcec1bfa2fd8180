/** The page about FIX: its configuration is one, and its methods are those that are served. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { servedMethods } from '../../src/adapters/compose.ts'
import { loadConfig } from '../../src/config/load.ts'
import { examples, tableOf } from './markdown.ts'

const page = 'docs/fix.md'

it('shows a configuration that is taken, and every method that it serves', () => {
  const dir = mkdtempSync(join(tmpdir(), 'desk-docs-'))
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  const project = join(dir, 'desk.config.yaml')
  const [example, ...others] = examples('yaml', page)
  writeFileSync(project, example?.text ?? '')
  const { config, findings } = loadConfig({ project })
  expect(findings).toEqual([])
  expect(others).toEqual([])
  const served = [...servedMethods({ config, profile: 'live' })].filter((name) => name.startsWith('venue.'))
  expect(tableOf(page, 'methods').map(([name]) => name)).toEqual(served)
})
