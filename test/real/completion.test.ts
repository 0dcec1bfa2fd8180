/** The completion scripts in the shells that they are for. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { afterAll, expect } from 'vitest'
import { Desk } from '../support/desk.ts'
import { testWith } from './support/machine.ts'

const desk = new Desk()
afterAll(() => {
  desk.remove()
})
const bin = join(desk.dir, 'bin')
mkdirSync(bin)
symlinkSync(join(import.meta.dirname, '..', '..', 'bin', 'desk.cjs'), join(bin, 'desk'))

/** Runs a script where the program has the name that people type, in a folder that holds nothing else. */
function run(shell: string, script: string): readonly string[] {
  const { stdout, stderr } = spawnSync(shell, ['-c', script], {
    cwd: desk.dir,
    env: { PATH: `${bin}:${env['PATH'] ?? ''}`, HOME: desk.dir, DESK_STATE_DIR: desk.stateDir },
    encoding: 'utf8',
  })
  return [stdout, stderr]
}

testWith('bash')('completes in bash', () => {
  const script = `source <(desk completion bash)
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _desk; echo "\${COMPREPLY[*]}"; }
try desk run con; try desk tree no; try desk gates daily --o; try desk lint x`
  const [stdout = '', stderr] = run('bash', script)
  expect(stderr).toBe('')
  expect(stdout.split('\n')).toEqual(['continue', 'no-fills', expect.stringContaining('--only'), '', ''])
})
testWith('fish')('completes in fish', () => {
  const [stdout] = run('fish', `desk completion fish | source; complete -C 'desk tree no'`)
  expect(stdout).toBe('no-fills\n')
})
testWith('zsh')('is understood by zsh', () => {
  const script = 'autoload -U compinit; compinit -u; source <(desk completion zsh); print $_comps[desk]'
  expect(run('zsh', script)).toEqual(['_desk\n', ''])
})
