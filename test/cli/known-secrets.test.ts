import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { knownSecrets, withoutSecrets } from '../../src/cli/known-secrets.ts'
import { realDeps } from '../../src/cli/deps.ts'
import { temporaryDir } from '../support/state.ts'

const globalsOf = (config?: string) => ({ json: false, plain: false, ...(config === undefined ? {} : { config }) })

describe('what nobody may read', () => {
  it('is what the configuration in force says, nothing where there is none or it cannot be read', async () => {
    const cwd = temporaryDir()
    const deps = { ...realDeps({ HOME: cwd }), cwd }
    expect(await knownSecrets({ deps, globals: globalsOf() })).toEqual([])
    writeFileSync(join(cwd, 'desk.config.yaml'), 'venues: [primary]\n')
    expect(await knownSecrets({ deps, globals: globalsOf() })).toEqual([])
    writeFileSync(join(cwd, 'desk.config.yaml'), 'secrets: [tigerlily]\n')
    expect(await knownSecrets({ deps, globals: globalsOf() })).toEqual(['tigerlily'])
    writeFileSync(join(cwd, 'other.yaml'), 'secrets: {\n')
    expect(await knownSecrets({ deps, globals: globalsOf('other.yaml') })).toEqual([])
    expect(await knownSecrets({ deps, globals: globalsOf('missing.yaml') })).toEqual([])
  })

  it('is out of every option before a command sees it', () => {
    const typed = { reason: 'is tigerlily', set: ['a=tigerlily', 'b=1'], flatten: true, none: undefined, limit: 3 }
    expect(withoutSecrets(typed, ['tigerlily'])).toEqual({
      ...typed,
      reason: 'is [redacted]',
      set: ['a=[redacted]', 'b=1'],
    })
    expect(withoutSecrets(typed, [])).toBe(typed)
  })
})
