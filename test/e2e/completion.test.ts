/** Completion as the shell asks for it: in the shells that are there, with the built program. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
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
  it('knows procedures by their kind', async () => {
    expect(await complete('runbook', 'killswitch')).toContain('killswitch')
    expect(await complete('tree', 'no')).toEqual(['no-fills'])
    expect(await complete('gates', 'dai')).toEqual(['daily'])
    expect(await complete('runbook', 'killswitch', '')).toEqual([])
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

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0
/** The program under the name that people type. */
function environment(): Record<string, string> {
  const bin = join(desk.dir, 'bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync(join(import.meta.dirname, '..', '..', 'bin', 'desk.cjs'), join(bin, 'desk'))
  return { PATH: `${bin}:${process.env['PATH'] ?? ''}`, HOME: desk.dir, DESK_STATE_DIR: desk.stateDir }
}

it.skipIf(!has('bash'))('completes in bash', () => {
  const script = `source <(desk completion bash)
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _desk; echo "\${COMPREPLY[*]}"; }
try desk run con; try desk tree no; try desk gates daily --o; try desk lint x`
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { env: environment(), encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout.split('\n')).toEqual(['continue', 'no-fills', expect.stringContaining('--only'), '', ''])
})
it.skipIf(!has('fish'))('completes in fish', () => {
  const { stdout } = spawnSync('fish', ['-c', `desk completion fish | source; complete -C 'desk tree no'`], {
    env: environment(),
    encoding: 'utf8',
  })
  expect(stdout).toBe('no-fills\n')
})
it.skipIf(!has('zsh'))('is understood by zsh', () => {
  const script = 'autoload -U compinit; compinit -u; source <(desk completion zsh); print $_comps[desk]'
  const { stdout, stderr } = spawnSync('zsh', ['-c', script], { env: environment(), encoding: 'utf8' })
  expect([stdout, stderr]).toEqual(['_desk\n', ''])
})
