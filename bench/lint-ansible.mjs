// `desk lint` over the shipped documents, as it comes and without what the build has proved, against `ansible-playbook --syntax-check` on
// ten playbooks of the same size in all. Ends with 1 over a limit. Needs Debian's ansible-core; `npm run test:real` installs it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { environment, report, roundRobin, wholeProcess } from './measure.mjs'

const root = dirname(import.meta.dirname)
const limits = new Map([
  ['desk lint', 0.5],
  ['desk lint --full', 1],
])
const playbooks = 10
const rounds = Number(process.argv[2] ?? 7)

const bytes = ['runbooks', 'trees', 'gates', 'incidents', 'monitors']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
  .filter((file) => !file.endsWith('.test.yaml'))
  .reduce((sum, file) => sum + readFileSync(file).length, 0)

/** A play of checks, effects and a pause, in about as many bytes as asked for. */
function playbook(number, size) {
  const head = `- name: Procedure ${number}\n  hosts: localhost\n  gather_facts: false\n  vars:\n    limit: 5\n  tasks:\n`
  const tasks = []
  for (let i = 0; head.length + tasks.join('').length < size; i++) {
    tasks.push(
      `    - name: Read position ${i}\n      ansible.builtin.command:\n        cmd: /bin/echo ${i}\n      register: reading_${i}\n      changed_when: false\n`,
      `    - name: Position ${i} is within its limit\n      ansible.builtin.assert:\n        that:\n          - reading_${i}.rc == 0\n          - limit > 0\n`,
    )
  }
  return `${head}${tasks.join('')}    - name: A person looks at it\n      ansible.builtin.pause:\n        prompt: Is it right?\n`
}

function ansible(files, cwd) {
  const start = process.hrtime.bigint()
  const ran = spawnSync('ansible-playbook', ['--syntax-check', '-i', 'localhost,', ...files], {
    env: environment({ HOME: cwd, LC_ALL: 'C.UTF-8' }),
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (ran.status !== 0) throw new Error(`ansible-playbook: ${ran.error?.message ?? ran.stderr}`)
  return Number(process.hrtime.bigint() - start) / 1e6
}

const dir = mkdtempSync(join(tmpdir(), 'desk-bench-'))
try {
  const files = Array.from({ length: playbooks }, (_, i) => {
    const file = join(dir, `play-${i}.yml`)
    writeFileSync(file, playbook(i, bytes / playbooks))
    return file
  })
  const env = environment({ DESK_STATE_DIR: join(dir, 'state'), HOME: dir })
  const reference = `ansible-playbook --syntax-check (${playbooks} playbooks)`
  const medians = await roundRobin(
    [
      { name: reference, run: () => ansible(files, dir) },
      { name: 'desk lint', run: () => wholeProcess([join(root, 'bin', 'desk.cjs'), 'lint'], { env }) },
      { name: 'desk lint --full', run: () => wholeProcess([join(root, 'bin', 'desk.cjs'), 'lint', '--full'], { env }) },
    ],
    rounds,
  )
  const base = medians.get(reference)
  const rows = [...medians].map(([name, ms]) => ({ name, ms, ratio: ms / base, limit: limits.get(name) }))
  report(`lint of ${Math.round(bytes / 1024)} KiB, medians of ${rounds}`, rows)
  process.exitCode = rows.every(({ ratio, limit }) => limit === undefined || ratio <= limit) ? 0 : 1
} finally {
  rmSync(dir, { recursive: true })
}
