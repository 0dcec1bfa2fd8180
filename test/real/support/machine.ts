/**
 * What these tests need of the machine. Where something is missing nothing is proved, and that is said loudly. For root on Linux, which
 * is what continuous integration is, all of it is documented to be there, so it is a failure; anybody else sees the test skipped.
 */
import { spawnSync } from 'node:child_process'
import { getuid, platform, stderr } from 'node:process'
import { test } from 'vitest'

const probes = {
  terminals: ['tmux', ['-V']],
  tracing: ['strace', ['-f', '-o', '/dev/null', '-e', 'inject=fsync:error=EIO', 'true']],
  mounting: ['unshare', ['-m', 'sh', '-c', 'mount -t tmpfs none /mnt']],
  signing: ['sh', ['-c', 'command -v ssh-keygen ssh-agent']],
  pinning: ['taskset', ['--cpu-list', '0', 'true']],
  // Its own mounts, and the right to say who logged in.
  logins: ['unshare', ['-m', 'sh', '-c', 'echo 1001 > /proc/self/loginuid && command -v ssh-keygen']],
  prometheus: ['promtool', ['--version']],
  ansible: ['ansible-playbook', ['--version']],
  bash: ['bash', ['--version']],
  fish: ['fish', ['--version']],
  zsh: ['zsh', ['--version']],
  ordermatch: [
    'unshare',
    ['-n', 'test', '-e', '/usr/share/doc/libquickfix-doc/examples/ordermatch/.libs/ordermatch.gz'],
  ],
} as const
export type Capability = keyof typeof probes

/** `test` where the machine can do it. */
export function testWith(capability: Capability): typeof test | typeof test.skip {
  const [program, args] = probes[capability]
  const tried = spawnSync(program, args, { encoding: 'utf8' })
  if (tried.status === 0) return test
  const why = `${program} ${args.join(' ')}: ${tried.error?.message ?? tried.stderr.trim()}`
  if (platform === 'linux' && getuid?.() === 0) throw new Error(`this machine has no ${capability}: ${why}`)
  stderr.write(`NOT TESTED, this machine has no ${capability}: ${why}\n`)
  return test.skip
}
