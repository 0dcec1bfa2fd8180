import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { OrderOfFiles } from './test/support/order-of-files.ts'

/** Processes that contend for something: how much of it they see of each other depends on what else runs. */
const contests = ['permit-stress', 'contested-kill', 'serve'].map((name) => `test/real/${name}.test.ts`)
const common = {
  ...{ testTimeout: 600_000, hookTimeout: 600_000, pool: 'forks' },
  // Nobody here asks another host, and reading these certificates takes a process twice as long as starting does.
  env: { NODE_EXTRA_CA_CERTS: '' },
} as const

export default defineConfig({
  test: {
    sequence: { sequencer: OrderOfFiles },
    projects: [
      {
        test: {
          ...{ ...common, name: 'beside each other', include: ['test/real/**/*.test.ts'], exclude: contests },
          // One more than there are processors: most of these wait for screens, for moments, and for what comes after a halt.
          ...{ maxWorkers: availableParallelism() + 1, sequence: { groupOrder: 1 } },
        },
      },
      {
        test: {
          ...{ ...common, name: 'one at a time', include: contests },
          ...{ maxWorkers: 1, sequence: { groupOrder: 2 } },
        },
      },
    ],
  },
})
