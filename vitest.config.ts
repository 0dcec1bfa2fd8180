import { readFileSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { OrderOfFiles } from './test/support/order-of-files.ts'

const files = readdirSync(join(import.meta.dirname, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && !name.startsWith('real/'))
  .map((name) => join('test', name))
/** Whoever puts something in the place of a module or of a function gets a process to itself. */
const alone = files.filter((file) => /\bvi\b/.test(readFileSync(join(import.meta.dirname, file), 'utf8')))

const common = {
  testTimeout: 60_000,
  // Tests see no desk, no configuration and no terminal of the machine they run on.
  env: {
    DESK_STATE_DIR: '',
    DESK_PROFILE: '',
    DESK_CONFIG: '',
    DESK_NOW: '',
    DESK_OPERATOR: '',
    NO_COLOR: '1',
    CI: '',
    // Nobody here asks another host, and reading these certificates takes a process twice as long as starting does.
    NODE_EXTRA_CA_CERTS: '',
  },
  pool: 'forks',
  // The default leaves one processor free, which of two is half of them.
  maxWorkers: availableParallelism(),
} as const

export default defineConfig({
  test: {
    sequence: { sequencer: OrderOfFiles },
    projects: [
      { test: { ...common, name: 'alone', include: alone } },
      {
        test: {
          // As many processes as there are processors run one file after the other, so what they import is loaded once in each. What desk
          // keeps in memory it keeps for as long as `desk serve` runs, by what it was asked for: no file sees another one's desk.
          ...{ ...common, name: 'together', isolate: false },
          ...{ include: ['test/**/*.test.ts'], exclude: ['test/real/**', ...alone] },
        },
      },
    ],
  },
})
