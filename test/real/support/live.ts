/** A live desk on a host of its own: registered, with a configuration and signers that belong to root, and people with accounts and keys. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { recordEvidence } from '../../../src/audit/evidence.ts'
import { newId } from '../../../src/audit/id.ts'
import { openSegment } from '../../../src/audit/segment.ts'
import { bootId } from '../../../src/killswitch/gate.ts'
import { approveRelease, requestRelease } from '../../../src/killswitch/release.ts'
import { decidingAs } from '../../../src/killswitch/roster.ts'
import { steadyRandom } from '../../support/state.ts'
import { inOwnMounts } from './mounted.ts'
import { environment, type Scratch } from './program.ts'
import { type RealServer, serveCommand, serveWith } from './served.ts'

/** A fresh directory. */
export function folder(scratch: Scratch): string {
  const dir = scratch.fresh()
  mkdirSync(dir)
  return dir
}
export const keygen = (dir: string, ...args: readonly string[]): string =>
  execFileSync('ssh-keygen', args, { cwd: dir, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
/** Answers the public line of a new key. */
export const newKey = (dir: string, name: string): string => {
  keygen(dir, '-q', '-t', 'ed25519', '-N', '', '-C', `key of ${name}`, '-f', name)
  return readFileSync(join(dir, `${name}.pub`), 'utf8').trim()
}

export interface LiveDesk {
  readonly stateDir: string
  readonly dir: string
  /**
   * Runs a script on a host where this desk is registered, its configuration is root's, and people have accounts. `as` runs desk by a
   * login; after `reboot` the system says that it is in another boot.
   */
  readonly play: (script: string) => Promise<string>
  /** `desk serve` there, by the login 1001. */
  readonly serve: () => Promise<RealServer>
}

/**
 * oncall has the accounts 1001 and 1003, risk has 1002, and both share 1009; compliance has 1012; 1010 is called risk and is not theirs. `more` is added to the
 * configuration.
 */
export function liveDesk(
  scratch: Scratch,
  more: (dir: string) => string = () => '',
  signatures = 'when-shared',
): LiveDesk {
  const dir = folder(scratch)
  const stateDir = join(dir, 'equities')
  for (const name of ['oncall', 'risk', 'stranger']) newKey(dir, name)
  const key = (name: string): string => readFileSync(join(dir, `${name}.pub`), 'utf8').trim()
  const ports = [
    'reports',
    'risk',
    'config',
    'routing',
    'secrets',
    'venue',
    'data',
    'notify',
    'tickets',
    'system',
    'agents',
  ]
  const adapter = join(import.meta.dirname, 'launch-adapter.mjs')
  const config = `desk: { name: equities }
venues: [primary]
adapters: [{ serves: [${ports.join(', ')}], kind: exec, command: ['${execPath}', '${adapter}'] }]
operators:
  - { id: oncall, roles: [oncall], logins: [uid-1001, uid-1003, pit], signers: [oncall@desk] }
  - { id: risk, roles: [risk], logins: [uid-1002, pit], signers: [risk@desk] }
  - { id: compliance, roles: [compliance], logins: [uid-1012] }
release: { allowedSigners: allowed_signers, signatures: ${signatures} }
${more(dir)}`
  const allowed = `oncall@desk ${key('oncall')}\nrisk@desk ${key('risk')}\n`
  writeFileSync(join(dir, 'config'), config)
  writeFileSync(join(dir, 'allowed'), allowed)
  const etc = `T=$(mktemp -d); mount -t tmpfs none $T; cp -a /etc/. $T/; mount --bind $T /etc
    rm -rf /etc/desk; mkdir /etc/desk
    printf 'equities ${stateDir}\\n' > /etc/desk/live
    cp ${join(dir, 'config')} /etc/desk/equities.yaml; cp ${join(dir, 'allowed')} /etc/desk/allowed_signers
    printf 'pit:x:1009:1009::/:/bin/sh\\nrisk:x:1010:1010::/:/bin/sh\\n' >> /etc/passwd
    export DESK_CONFIG=/etc/desk/equities.yaml DESK_PROFILE=equities
    as() { uid=$1; shift; ( echo $uid > /proc/self/loginuid; desk "$@" ); }
    reboot() { cat /proc/sys/kernel/random/uuid > boot; mount --bind boot /proc/sys/kernel/random/boot_id; }
    cd ${dir}`
  const free = { DESK_STATE_DIR: '', DESK_NOW: '', DESK_OPERATOR: 'chief', HOME: dir }
  const serving = `set -e; ${etc}\necho 1001 > /proc/self/loginuid; exec "$@"`
  return {
    ...{ stateDir, dir },
    play: (script) => inOwnMounts(`${etc}\n${script}`, stateDir, free),
    serve: () => serveWith(['unshare', '-m', 'sh', '-c', serving, 'sh', ...serveCommand], environment(stateDir, free)),
  }
}

/** Launched ten days ago, so that sessions have passed since, though in this boot. Nothing but the permit and the log comes into being. */
export async function launchLongAgo(stateDir: string): Promise<void> {
  let ms = Date.now() - 10 * 24 * 3_600_000
  const means = { now: () => new Date(ms++), random: steadyRandom(), host: 'host', traceId: 'test' }
  const [boot, scope] = [bootId() ?? '', { kind: 'all' } as const]
  const by = (id: string) => decidingAs({ id, via: 'login' }, 'equities')
  const asked = await requestRelease(stateDir, boot, { scope, by: by('oncall'), reason: 'launch' }, means)
  if (asked.kind === 'refused') throw new Error(asked.message)
  const ref = { segment: 'run-x.0.ndjson', seq: 1 }
  const evidence = () => Promise.resolve([{ kind: 'holds', what: 'P1', at: '', ref, hash: 'a'.repeat(64) } as const])
  const answer = await approveRelease(stateDir, boot, asked.request.id, by('risk'), evidence, means)
  if (answer.kind === 'refused') throw new Error(answer.message)
}

/** Another run that puts evidence on record. */
export function leaveEvidence(stateDir: string, event: string): void {
  const now = (): Date => new Date()
  const envelope = { actor: 'oncall', host: 'host', traceId: 'test' }
  const writer = openSegment({
    stateDir,
    run: newId('run', now, steadyRandom(Date.now() % 1000)),
    k: 0,
    header: { event: 'opened' },
    envelope,
    now,
  })
  recordEvidence(stateDir, writer, { event, status: 'pass' }, now)
  writer.close({ outcome: 'ok' })
}
