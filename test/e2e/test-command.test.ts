/** `desk test` as people and machines see it. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { examples } from '../docs/markdown.ts'
import { Desk, type Ran } from '../support/desk.ts'

let desk: Desk
beforeEach(() => {
  desk = new Desk()
})
afterEach(() => {
  desk.remove()
})

const documents = examples('yaml', 'docs/documents.md').map(({ text }) => text)
const example = (kind: string): string => documents.find((text) => text.startsWith(`kind: ${kind}`)) ?? ''

/** The page's runbook with these cases, in a folder that the configuration names. */
function run(cases: string, args: readonly string[] = []): Promise<Ran> {
  const folder = join(desk.dir, 'procedures', 'runbooks')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'stale-symbol.yaml'), example('runbook'))
  writeFileSync(join(folder, 'stale-symbol.test.yaml'), cases)
  writeFileSync(join(desk.dir, 'desk.config.yaml'), 'documents: [./procedures]\n')
  return desk.run(['test', 'procedures', ...args])
}

const failing = `kind: test
cases:
  - case: Wrong in every way
    set: { symbol: NVDA }
    expect:
      effects: [notify.post]
      steps: { feed: failed, supress: done }
      outcome: failed
  - case: Right
    faults: [stale-one]
    set: { symbol: NVDA }
    expect: { outcome: succeeded }
`

describe('desk test', () => {
  it('plays the cases of the page', async () => {
    const ran = await run(example('test'))
    expect(ran.stdout).toMatch(/runbook\/stale-symbol +2 ok +7 of 7 edges/)
    expect(ran.stderr).toBe('2 cases: 0 failed; 0 essential edges never taken\n')
    expect(ran.code).toBe(0)
  })
  it('fails with --coverage where a verdict was never seen', async () => {
    const half = example('test').replace(/  - case: The feed is silent[^]*$/, '')
    expect((await run(half)).code).toBe(0)
    const strict = await run(half, ['--coverage'])
    expect(strict.stdout).toMatch(/never +out fails/)
    expect(strict.code).toBe(1)
  })
  it('says at the place that expected it what was seen instead', async () => {
    const ran = await run(failing)
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain('procedures/runbooks/stale-symbol.test.yaml:6:16: error[test/effects]')
    expect(ran.stdout).toContain('effects: expected notify.post, seen universe.suppress, notify.post, tickets.open')
    expect(ran.stdout).toContain(':7:16: error[test/step] step feed: expected failed, seen passed')
    expect(ran.stdout).toContain('there is no step "supress" in what was walked')
    expect(ran.stdout).toContain('did you mean "suppress"?')
    expect(ran.stdout).toMatch(/1 of 2 FAILED/)
    expect(ran.stderr).toContain('2 cases: 1 failed')
  })
  it('tells machines the same', async () => {
    const [json, junit, github] = [
      await run(failing, ['--format', 'json']),
      await run(failing, ['--format', 'junit']),
      await run(failing, ['--format', 'github']),
    ]
    expect(JSON.parse(json.stdout)).toMatchObject({
      schema: 1,
      ok: false,
      cases: [
        { document: 'runbook/stale-symbol', case: 'Wrong in every way', ok: false },
        { case: 'Right', ok: true, findings: [] },
      ],
      coverage: [{ document: 'runbook/stale-symbol', edges: 7 }],
    })
    expect(junit.stdout).toContain('<testsuites name="desk test" tests="2" failures="1">')
    expect(junit.stdout).toContain('<testcase classname="runbook/stale-symbol" name="Right"/>')
    expect(github.stdout).toContain('::error file=procedures/runbooks/stale-symbol.test.yaml,line=6,')
    expect([json.code, junit.code, github.code]).toEqual([1, 1, 1])
  })
  it.each([
    ['a fault that there is not', 'faults: [stale-won]', 'there is no fault "stale-won"'],
    ['a method that there is not', 'says: { data.freshnes: { stale: 1 } }', 'did you mean "data.freshness"?'],
    ['what no adapter would say', 'says: { data.freshness: { stale: many } }', 'data.freshness never answers this'],
    ['an input that there is not', 'set: { symbl: NVDA }', 'symbl'],
  ])('refuses %s', async (_, line, message) => {
    const ran = await run(`kind: test\ncases:\n  - case: One\n    ${line}\n    expect: { outcome: succeeded }\n`)
    expect(ran.stdout).toContain(message)
    expect(ran.code).toBe(1)
  })
  it.each([
    ['a case that expects nothing', 'kind: test\ncases:\n  - case: One\n    expect: {}\n', 'test/expects-nothing'],
    ['a name given twice', 'kind: test\ncases:\n  - &a { case: One }\n', 'yaml/anchor'],
    ['a key that there is not', 'kind: test\ncases:\n  - case: One\n    expct: {}\n', 'parse/unknown-key'],
  ])('reports %s as a broken file', async (_, cases, code) => {
    const ran = await run(cases)
    expect(ran.stdout).toContain(code)
    expect(ran.code).toBe(65)
  })
  it('says so where there are no cases', async () => {
    mkdirSync(join(desk.dir, 'empty'))
    const ran = await desk.run(['test', 'empty'])
    expect(ran.stderr).toContain('there are no test files there')
    expect(ran.code).toBe(64)
  })
  it('leaves nothing behind and touches no desk', async () => {
    await run(example('test'))
    const { stdout } = await desk.run(['run', 'list', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ runs: [] })
  })
})
