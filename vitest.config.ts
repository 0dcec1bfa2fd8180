import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/real/**', 'node_modules/**'],
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
    },
    pool: 'forks',
    // The default leaves one processor free, which of two is half of them.
    maxWorkers: availableParallelism(),
  },
})
