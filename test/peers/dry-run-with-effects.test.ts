/** Seen on peers: a dry run that does something. Probes that nobody declared, code that runs while loading, a skip journalled as a success. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listOf } from '../support/json-answers.ts'
import { deskWith, filesIn, mark, marksOf, step } from './marking.ts'

const rehearsals = ['--dry-run', '--dry-run --offline', '--simulate']

describe('a dry run has effects', () => {
  it.each(rehearsals)('%s runs no program, and nothing of the desk changes', async (rehearsal) => {
    const flags = rehearsal.split(' ')
    const { desk, env } = deskWith({ acting: step('act', mark('a')) })
    await desk.run(['status'], { env })
    await desk.run(['runbook', 'reconciliation'], { env })
    const contents = () =>
      new Map(filesIn(desk.stateDir).map((file) => [file, readFileSync(file).toString('base64')] as const))
    const before = contents()
    await desk.run(['runbook', 'acting', ...flags], { env })
    await desk.run(['tree', 'no-fills', '--answer', 'q1=no', ...flags], { env })
    await desk.run(['runbook', 'killswitch', ...flags], { env })
    expect(marksOf(desk)).toBe('')
    expect(contents()).toEqual(before)
  })

  it('a program can not be a probe, so no probe can do anything', async () => {
    const { desk, env } = deskWith({
      probing: `  - id: probe
    title: A program as a probe
    check: exec.run
    with: { file: /bin/sh, args: [-c, '${mark('p')}'] }
    expect: result.exitCode == 0`,
    })
    const ran = await desk.run(['runbook', 'probing', '--dry-run'], { env })
    expect([ran.code, ran.stdout + ran.stderr]).toEqual([65, expect.stringContaining('exec.run')])
    expect(marksOf(desk)).toBe('')
  })

  it.each([
    ['a tag that builds something', `!!js/function 'function () { require("fs").writeFileSync("marks", "x") }'`],
    [
      'an expression that calls what it likes',
      `'\${{ process.mainModule.require("fs").writeFileSync("marks", "x") }}'`,
    ],
  ])('loading a document runs nothing of it: %s', async (_what, text) => {
    const { desk, env } = deskWith({
      loading: `  - id: tell
    title: Say it
    do: desk.note
    with: { text: ${text} }`,
    })
    const loadings = [['lint'], ['show', 'loading'], ['runbook', 'loading', '--dry-run'], ['runbook', 'loading']]
    const codes: (number | null)[] = []
    for (const args of loadings) codes.push((await desk.run(args, { env })).code)
    expect(codes.slice(2)).toEqual([65, 65])
    expect(marksOf(desk)).toBe('')
  })

  it('what was skipped is skipped, in the answer and in the journal', async () => {
    const { desk, env } = deskWith({ skipping: `${step('never', mark('n'))}\n    when: '1 > 2'` })
    const ran = await desk.json(['runbook', 'skipping'], { env })
    expect(listOf(ran.value['steps'])).toMatchObject([{ id: 'never', status: 'skipped' }])
    const [journal = ''] = readdirSync(join(desk.stateDir, 'audit', 'segments')).filter((name) =>
      name.startsWith('run-'),
    )
    const written = readFileSync(join(desk.stateDir, 'audit', 'segments', journal), 'utf8')
    const ofStep = written.split('\n').filter((line) => line.includes('skipping#never"'))
    expect(ofStep).toEqual([expect.stringContaining('"outcome":"skipped"')])
    expect(marksOf(desk)).toBe('')
  })
})
