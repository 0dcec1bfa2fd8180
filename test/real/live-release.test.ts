/** A live desk from its first permit to a release by signatures, by the built program, with OpenSSH itself on the other side. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { parseAllowedSigners, principalsOf } from '../../src/killswitch/allowed-signers.ts'
import { checkSignature } from '../../src/killswitch/ssh-signature.ts'
import { freshKey } from '../killswitch/ssh-keys.ts'
import { testWith } from './support/machine.ts'
import { folder, keygen, leaveEvidence, liveDesk, newKey } from './support/live.ts'
import { Scratch } from './support/program.ts'
import { standingOf } from './support/world.ts'

const scratch = new Scratch()
afterAll(() => {
  scratch.remove()
})
const signing = testWith('signing')
const logins = testWith('logins')

signing('what ssh-keygen signs is verified here, and what is not, is not', () => {
  const dir = folder(scratch)
  const line = newKey(dir, 'risk')
  const words = '{"act":"approve"}\n'
  writeFileSync(join(dir, 'words'), words)
  for (const hash of ['sha512', 'sha256']) {
    rmSync(join(dir, 'words.sig'), { force: true })
    keygen(dir, '-Y', 'sign', '-n', 'desk-release', `-Ohashalg=${hash}`, '-f', 'risk', 'words')
    const signature = readFileSync(join(dir, 'words.sig'), 'utf8')
    const signed = checkSignature(signature, words, 'desk-release')
    expect(signed).toEqual({ kind: 'signed', key: line.split(' ')[1] })
    expect(checkSignature(signature, `${words} `, 'desk-release').kind).toBe('unsigned')
    expect(checkSignature(signature, words, 'git')).toMatchObject({ because: 'namespace' })
  }
  keygen(dir, '-q', '-t', 'ecdsa', '-N', '', '-f', 'other')
  rmSync(join(dir, 'words.sig'))
  keygen(dir, '-Y', 'sign', '-n', 'desk-release', '-f', 'other', 'words')
  expect(checkSignature(readFileSync(join(dir, 'words.sig'), 'utf8'), words, 'desk-release').kind).toBe('unsigned')
})

signing('an agent signs by the public key alone', () => {
  const dir = folder(scratch)
  newKey(dir, 'risk')
  writeFileSync(join(dir, 'words'), 'x\n')
  const script = 'ssh-add -q risk && rm risk && ssh-keygen -q -Y sign -n desk-release -f risk.pub words'
  execFileSync('ssh-agent', ['sh', '-c', script], { cwd: dir, stdio: 'ignore' })
  const signature = readFileSync(join(dir, 'words.sig'), 'utf8')
  expect(checkSignature(signature, 'x\n', 'desk-release').kind).toBe('signed')
})

/** Of the whole file of allowed signers: the same key, time and purpose, asked of both. */
signing('ssh-keygen and desk believe the same keys', () => {
  const dir = folder(scratch)
  const key = freshKey()
  const other = freshKey()
  const words = 'terms\n'
  writeFileSync(join(dir, 'words.sig'), key.sign(words))
  const theirs = (): boolean => {
    try {
      const args = ['-Y', 'verify', '-f', 'allowed', '-I', 'risk', '-n', 'desk-release', '-s', 'words.sig']
      execFileSync('ssh-keygen', args, { cwd: dir, input: words, stdio: ['pipe', 'ignore', 'ignore'] })
      return true
    } catch {
      return false
    }
  }
  const cases: readonly (readonly [string, boolean])[] = [
    [`risk ${key.line} the desk`, true],
    [`a,risk,b ${key.line}`, true],
    [`risk namespaces="desk-release" ${key.line}`, true],
    [`risk namespaces="git,desk-release",valid-after="20200101Z",valid-before="20990101Z" ${key.line}`, true],
    [`# none\n\nrisk ${other.line}\nrisk ${key.line}`, true],
    [`risk ${other.line}`, false],
    [`oncall ${key.line}`, false],
    [`risk namespaces="git" ${key.line}`, false],
    [`risk valid-before="20200101Z" ${key.line}`, false],
    [`risk valid-after="20990101Z" ${key.line}`, false],
    [`risk valid-before="nonsense" ${key.line}`, false],
  ]
  for (const [text, is] of cases) {
    writeFileSync(join(dir, 'allowed'), `${text}\n`)
    const spoken = principalsOf(parseAllowedSigners(text), key.base64, 'desk-release', Date.now())
    const ours = spoken.kind === 'principals' && spoken.principals.includes('risk')
    expect([ours, theirs()], text).toEqual([is, is])
  }
})

const idIn = (text: string): string => /(?:release|promote)-[0-9a-z]{26}/.exec(text)?.[0] ?? 'none'
const refusals = (stateDir: string): readonly string[] => {
  const segments = join(stateDir, 'audit/segments')
  return readdirSync(segments)
    .sort()
    .flatMap(
      (name) =>
        /"event":"release\.refused".*?"code":"([a-z-]+)"/.exec(readFileSync(join(segments, name), 'utf8'))?.[1] ?? [],
    )
}

logins('from the first permit over a halt to a release by signatures', async () => {
  const desk = liveDesk(scratch)
  const { stateDir, play } = desk
  const confirm = '--confirm equities'
  // A state that is not there is history missing, whoever asks.
  const lost = await play(`desk status --exit-code; as 1001 unlock request ${confirm}; ls ${desk.dir}`)
  expect(lost.match(/history missing/g)).toHaveLength(2)
  expect(lost.match(/\[4\]/g)).toHaveLength(2)
  expect(lost).not.toMatch(/^equities$/m)

  mkdirSync(stateDir, { mode: 0o2770 })
  const asked = await play(`as 4294967295 unlock request ${confirm}; as 1001 unlock request ${confirm}`)
  expect(asked).toContain('[77]')
  expect(asked).toContain('asked to release launch at 25 %')
  const id = idIn(asked)
  const early = await play(`as 1002 unlock approve ${id} ${confirm}`)
  expect(early).toContain('gates/pre-launch#P1: not run on this trading day')
  expect(standingOf(stateDir)).toBe('HALTED')

  const gates = await play('as 1001 gates pre-launch')
  expect(gates).toContain('[0]')
  const agreed = await play(`as 1003 unlock approve ${id} ${confirm}
    as 1009 unlock approve ${id} ${confirm}
    as 1002 unlock approve ${id} ${confirm}`)
  expect(agreed).toContain('oncall asked for this')
  expect(agreed).toContain('several operators share the account pit')
  expect(agreed).toContain('equities TRADING AT 25 %')
  expect(standingOf(stateDir)).toBe('TRADING AT 25 %')
  expect(refusals(stateDir)).toEqual(['unknown-person', 'evidence', 'own-request', 'signature-required'])

  // A halt, and the way back in a shared account: by keys, and by a signature made elsewhere.
  expect(await play('desk kill --reason drill')).toContain('HALTED equities')
  const bare = await play(`as 1009 unlock request ${confirm}; as 1009 unlock request ${confirm} --sign oncall`)
  const second = idIn(bare.slice(bare.indexOf('asked to release')))
  expect(bare).toContain('[4]')
  const without = await play(`as 1009 unlock approve ${second} ${confirm} --sign risk`)
  expect(without).toContain('post-incident.resume: not since the halt')
  for (const event of ['post-incident.resume', 'reconciliation.completed']) leaveEvidence(stateDir, event)
  const signed = await play(`as 1009 unlock approve ${second} ${confirm} --sign oncall
    as 1009 unlock approve ${second} ${confirm} --sign stranger
    as 1009 unlock approve ${second} --terms words
    sed s/drill/test/ words > other; sed -i s/25/26/ other
    ssh-keygen -q -Y sign -n desk-release -f risk other
    as 1009 unlock approve ${second} ${confirm} --signature other.sig
    ssh-keygen -q -Y sign -n git -f risk words
    as 1009 unlock approve ${second} ${confirm} --signature words.sig; rm words.sig
    ssh-keygen -q -Y sign -n desk-release -f risk words
    ssh-keygen -Y verify -f /etc/desk/allowed_signers -I risk@desk -n desk-release -s words.sig < words
    as 1009 unlock approve ${second} ${confirm} --signature words.sig
    as 1009 unlock approve ${second} ${confirm} --signature words.sig`)
  expect(signed).toContain('Good "desk-release" signature for risk@desk')
  expect(signed).toContain('approved by risk (signed)')
  expect(refusals(stateDir).slice(4)).toEqual([
    'signature-required',
    'evidence',
    'own-request',
    'unknown-signer',
    'bad-signature',
    'wrong-namespace',
    'void',
  ])
  expect(standingOf(stateDir)).toBe('TRADING AT 25 %')
  expect(await play(`as 1001 promote ${confirm}`)).toContain('[4]')

  // Halted without the program: the first look puts it on record. What a backup brings back goes at the next one.
  const gone = await play(`cp -a ${stateDir}/permit kept; rm -f ${stateDir}/permit/trade@*; desk status --exit-code`)
  expect(gone).toContain('found without a record')
  expect(gone).toContain('[4]')
  const restored = await play(`rm -rf ${stateDir}/permit; cp -a kept ${stateDir}/permit; desk status --exit-code`)
  expect(restored).toContain('permissions that nobody granted were removed')
  expect(restored).toContain('[4]')
  expect(standingOf(stateDir)).toBe('HALTED')
})

logins('what others can write says nothing on a live desk', async () => {
  const { stateDir, play } = liveDesk(scratch)
  mkdirSync(stateDir)
  const confirm = '--confirm equities'
  for (const [what, change] of [
    ['/etc/desk/equities.yaml', 'chmod 666 /etc/desk/equities.yaml'],
    ['/etc/desk/equities.yaml', 'chown 1001 /etc/desk/equities.yaml'],
    ['/etc/desk', 'chmod 777 /etc/desk'],
    ['/etc/desk/allowed_signers', 'chmod 664 /etc/desk/allowed_signers'],
  ] as const) {
    const said = await play(`${change}\nas 1001 unlock request ${confirm}`)
    expect(said).toContain(what)
    expect(said).toContain('[4]')
  }
  expect(await play(`as 1001 unlock request ${confirm}`)).toContain('[0]')
})
