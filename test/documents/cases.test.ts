/** Every shipped procedure does what the cases beside it say, and nothing essential of it was never seen. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../docs/markdown.ts'
import { Desk, type Ran } from '../support/desk.ts'
import { shippedFiles } from './shipped.ts'

let desk: Desk
let ran: Ran
beforeAll(async () => {
  desk = new Desk()
  ran = await desk.run(['test', '--coverage'])
}, 600_000)
afterAll(() => {
  desk.remove()
})

describe('cases', () => {
  it.each(shippedFiles.map(({ path }) => path))('lie beside %s', (path) => {
    expect(existsSync(join(root, path.replace(/\.yaml$/, '.test.yaml')))).toBe(true)
  })
  it('come true, and leave out no leaf, no verdict and no status', () => {
    expect(ran.stdout).not.toMatch(/FAILED|never {3}/)
    expect(ran.stderr).toMatch(/^\d{3} cases: 0 failed; 0 essential edges never taken$/m)
    expect(ran.code).toBe(0)
  })
})
