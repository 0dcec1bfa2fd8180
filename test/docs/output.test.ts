/** The page about outputs: it names every schema that the build publishes, and says for every command which one it answers with. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { outputSchemas } from '../../src/cli/output/published.ts'
import { buildProgram } from '../../src/cli/program.ts'
import { realDeps } from '../../src/cli/deps.ts'
import { root, tableOf } from './markdown.ts'

const rows = tableOf('docs/output.md', 'outputs')
const folder = join(root, 'dist', 'schemas', 'output')
const words = (cell: string | undefined): readonly string[] =>
  (cell ?? '').split(', ').map((word) => word.replaceAll('`', ''))

beforeAll(() => {
  vi.stubGlobal('DESK_VERSION', '0')
})
afterAll(() => {
  vi.unstubAllGlobals()
})

it('names the schemas that are built, and no others', () => {
  const named = new Set(rows.flatMap(([, schema]) => words(schema)))
  const built = readdirSync(folder).map((file) => file.replace('.json', ''))
  expect([...named].sort()).toEqual(built.sort())
  for (const [name, schema] of outputSchemas())
    expect(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))).toEqual(JSON.parse(JSON.stringify(schema)))
})

it('names every command', () => {
  const io = { out: () => undefined, err: () => undefined, canPrompt: false, columns: 80, colour: false }
  const interruption = { interrupted: new AbortController().signal, interrupt: () => undefined }
  const program = buildProgram({ io, deps: realDeps({}, interruption) }, () => undefined)
  // `desk gates` is a command of its own and has others below it.
  const commands = program.commands.flatMap((command) => [
    ...(command.commands.length === 0 || command.registeredArguments.length > 0 ? [`desk ${command.name()}`] : []),
    ...command.commands.flatMap((each) =>
      [each, ...each.commands].flatMap((below) => {
        const path = below === each ? each.name() : `${each.name()} ${below.name()}`
        return below.commands.length > 0 ? [] : [`desk ${command.name()} ${path}`]
      }),
    ),
  ])
  const named = new Set(
    rows.flatMap(([command]) => Array.from((command ?? '').matchAll(/desk[a-z ]*/g), ([name]) => name.trim())),
  )
  expect(commands.filter((command) => !named.has(command))).toEqual([])
  expect([...named].filter((name) => name !== 'desk' && !commands.includes(name))).toEqual([])
})
