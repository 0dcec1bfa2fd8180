/** What peers get wrong, shown on one of them; that it does not happen here is shown beside it, or in test/peers. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
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

testWith('ansible')(
  'killed in the middle and started again, a peer places the order twice, and its report is lost',
  () => {
    const dir = scratch.fresh()
    mkdirSync(dir)
    const order = 'echo order >> orders; [ -e killed ] || { touch killed; kill -9 $(cat pid); }'
    writeFileSync(
      join(dir, 'order.yml'),
      `- hosts: localhost
  gather_facts: false
  tasks:
    - name: Order
      ansible.builtin.shell: ${JSON.stringify(order)}
      args: { chdir: ${JSON.stringify(dir)} }
`,
    )
    const env = {
      ...environment(dir),
      LC_ALL: 'C.UTF-8',
      ANSIBLE_CALLBACKS_ENABLED: 'junit',
      JUNIT_OUTPUT_DIR: 'report',
    }
    const play = 'echo $$ > pid; exec ansible-playbook -i localhost, -c local order.yml'
    const start = () => spawnSync('/bin/sh', ['-c', play], { cwd: dir, env, stdio: 'ignore' })
    expect(start().signal).toBe('SIGKILL')
    expect(readdirSync(join(dir, 'report'))).toEqual([])
    expect(start().status).toBe(0)
    expect(readFileSync(join(dir, 'orders'), 'utf8')).toBe('order\norder\n')
    // The same of desk: test/peers/order-twice.test.ts and test/peers/evidence-at-the-end.test.ts.
  },
)

testWith('ansible')('a secret that a program echoes is in the log of a peer', () => {
  const dir = scratch.fresh()
  mkdirSync(dir)
  writeFileSync(join(dir, 'key'), 'hunter2/pa=ss&word')
  writeFileSync(
    join(dir, 'secret.yml'),
    `- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.command: cat ${JSON.stringify(join(dir, 'key'))}
`,
  )
  const env = { ...environment(dir), LC_ALL: 'C.UTF-8', ANSIBLE_LOG_PATH: join(dir, 'log') }
  const args = ['-v', '-i', 'localhost,', '-c', 'local', 'secret.yml']
  expect(spawnSync('ansible-playbook', args, { cwd: dir, env, stdio: 'ignore' }).status).toBe(0)
  // The same of desk: test/peers/echoed-secret.test.ts.
  expect(readFileSync(join(dir, 'log'), 'utf8')).toContain('hunter2')
})
