/** A program that signals desk and ends: nothing begins after that, also where desk has a single processor to run and be told on. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { addRunbooks } from '../support/procedures.ts'
import { testWith } from './support/machine.ts'
import { Scratch, runDesk, tradingDesk } from './support/program.ts'

const test = testWith('pinning')
const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})

/** Before desk asked what its threads are at, the second step was made in a third of the rounds. */
const rounds = 16

test.each([
  ['INT', 130],
  ['TERM', 143],
] as const)('SIG%s is seen before the next step, in each of many rounds', async (signal, code) => {
  for (let round = 0; round < rounds; round += 1) {
    const stateDir = await tradingDesk(scratch)
    const dir = `${stateDir}.marks`
    const step = (id: string, script: string): string => `  - id: ${id}
    title: Leave a mark
    do: exec.run
    with: { file: /bin/sh, args: [-c, '${script}', '${dir}'] }`
    const mark = 'printf x >> "$0/marks"'
    const steps = [step('first', `${mark}; kill -${signal} $PPID`), step('second', mark)].join('\n')
    const env = addRunbooks({ dir }, { marking: steps })
    const ran = await runDesk(stateDir, ['runbook', 'marking'], { env, under: ['taskset', '--cpu-list', '0'] })
    const marks = join(dir, 'marks')
    expect([ran.code, existsSync(marks) ? readFileSync(marks, 'utf8') : '']).toEqual([code, 'x'])
    scratch.discard(stateDir)
  }
})
