/** Completion as a shell asks for it, with the built program. The shells themselves: `test/real/completion.test.ts`. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Desk } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})
const complete = async (...words: readonly string[]): Promise<readonly string[]> => {
  const { code, stdout, stderr } = await desk.run(['complete', '--', ...words])
  expect([code, stderr]).toEqual([0, ''])
  return stdout.split('\n').filter((line) => line !== '')
}

describe('desk complete', () => {
  it('knows commands and their subcommands, and not itself', async () => {
    const commands = await complete('')
    expect(commands).toEqual(expect.arrayContaining(['gates', 'kill', 'runbook', 'tree']))
    expect(commands).not.toContain('complete')
    expect(await complete('run', 'c')).toEqual(['continue'])
  })
  it('knows options and what may follow them', async () => {
    expect(await complete('tree', 'no-fills', '--det')).toEqual(['--detailed-exitcode'])
    expect(await complete('--profile', '')).toEqual(['live', 'paper'])
    expect(await complete('show', '--format', 'm')).toEqual(['mermaid'])
    expect(await complete('completion', '')).toEqual(['bash', 'fish', 'zsh'])
  })
  it('knows monitors that a silence may name', async () => {
    expect(await complete('monitor', 'silence', 'add', 'job')).toEqual(['job-queue'])
    expect(await complete('monitor', 'silence', 'expire', 'server-al')).toEqual([])
  })
  it('knows procedures by their kind', async () => {
    expect(await complete('runbook', 'killswitch')).toContain('killswitch')
    expect(await complete('tree', 'no')).toEqual(['no-fills'])
    expect(await complete('gates', 'dai')).toEqual(['daily'])
    expect(await complete('runbook', 'killswitch', '')).toEqual([])
  })
  it('knows what can be broken, and what meets it', async () => {
    expect(await complete('demo', 'missing-data', '--fault', 'stale-one-')).toEqual(['stale-one-corporate-action'])
    expect(await complete('demo', 'missing')).toEqual(['missing-data'])
  })
  it('knows what can be explained', async () => {
    expect(await complete('explain', 'law/halt')).toEqual(['law/halt-always'])
    expect(await complete('explain', 'runbook.steps.ret')).toEqual(
      ['', '.every', '.max'].map((key) => `runbook.steps.retry${key}`),
    )
    expect(await complete('explain', 'rolling-dep')).toContain('rolling-deploy')
  })
  it('knows runs: to go on with, those that are open', async () => {
    await desk.run(['tree', 'no-fills'])
    await desk.run(['runbook', 'killswitch'])
    expect(await complete('run', 'continue', '')).toHaveLength(1)
    expect(await complete('run', 'show', '')).toHaveLength(2)
  })
  it('makes no desk, and is silent where the configuration is broken', async () => {
    expect(await complete('run', 'continue', '')).toEqual([])
    expect(existsSync(desk.stateDir)).toBe(false)
    writeFileSync(join(desk.dir, 'desk.config.yaml'), 'documents: [gone]\n')
    expect(await complete('runbook', '')).toEqual([])
  })
})
