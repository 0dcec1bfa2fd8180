/** Named regression: a human check that passes without a human. Shown on a peer, and that it does not happen here. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { afterAll, expect } from 'vitest'
import { testWith } from './support/machine.ts'
import { Scratch, entry, environment, tradingDesk } from './support/program.ts'
import { standingOf } from './support/world.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})

const playbook = `- name: Resume trading
  hosts: localhost
  gather_facts: false
  tasks:
    - name: A person confirms
      ansible.builtin.pause:
        prompt: Are positions reconciled? Press Enter to resume
    - name: Resume
      ansible.builtin.command:
        cmd: touch resumed
        creates: resumed
`

testWith('ansible')('without anybody there a pause passes, and a question of ours waits', async () => {
  const dir = scratch.fresh()
  mkdirSync(dir)
  writeFileSync(join(dir, 'resume.yml'), playbook)
  const peer = spawnSync('ansible-playbook', ['-i', 'localhost,', '-c', 'local', 'resume.yml'], {
    cwd: dir,
    encoding: 'utf8',
    env: { ...environment(dir), LC_ALL: 'C.UTF-8', ANSIBLE_NOCOLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  expect(peer.stdout).toMatch(/TASK \[Resume\] \*+\nchanged/)
  expect(peer.status).toBe(0)

  const stateDir = await tradingDesk(scratch)
  const env = environment(stateDir)
  spawnSync(execPath, [entry, 'kill'], { env })
  const ours = spawnSync(execPath, [entry, 'tree', 'post-incident', '--act'], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  expect(ours.status).toBe(3)
  expect(ours.stderr).toContain("--answer q1='yes|no|unsure'")
  expect(standingOf(stateDir)).toBe('HALTED')
})
