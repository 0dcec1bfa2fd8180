import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hintOn } from '../../src/disk/hint.ts'
import { identifySelf, isAlive } from '../../src/lock/liveness.ts'
import { acquire, type HeldBy, type Lock } from '../../src/lock/lock.ts'
import { bundle } from '../support/bundle.ts'
import { temporaryDir } from '../support/state.ts'

const now = (): Date => new Date('2026-11-20T12:00:00.000Z')
const take = (dir: string, who = 'oncall', waitMs = 0): Lock | HeldBy =>
  acquire(dir, waitMs, { who, purpose: 'run-x' }, { now })
function taken(dir: string): Lock {
  const lock = take(dir)
  if (lock.kind !== 'lock') throw new Error(`held by ${lock.who}`)
  return lock
}

describe('liveness', () => {
  it('knows itself, and everything that differs from it in one part', () => {
    const self = identifySelf()
    expect(self.pid).toBe(process.pid)
    expect(isAlive(self)).toBe(true)
    expect(isAlive({ ...self, start: `${self.start}1` })).toBe(false)
    expect(isAlive({ ...self, boot: 'another' })).toBe(false)
    expect(isAlive({ ...self, pid: 2 ** 22 + 1 })).toBe(false)
    // Another container: nobody can tell from here.
    expect(isAlive({ ...self, namespace: '1', start: '1' })).toBe(true)
  })

  it('takes a zombie for dead', async () => {
    // The shell starts a child and becomes a program that never waits for one.
    const shell = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const line = await first(shell.stdout, 'data')
    await expect.poll(() => readFileSync(`/proc/${String(shell.pid)}/comm`, 'utf8')).toBe('sleep\n')
    const identity = { ...identifySelf(), pid: Number(String(line)), start: '' }
    expect(isAlive(identity)).toBe(true)
    process.kill(identity.pid, 'SIGKILL')
    await expect.poll(() => isAlive(identity)).toBe(false)
    process.kill(identity.pid, 0) // still in the process table
    shell.kill('SIGKILL')
    await once(shell, 'close')
  })
})

describe('a lock', () => {
  it('is held by one, says by whom and since when, and is free again', () => {
    const dir = `${temporaryDir()}/a/b`
    const lock = taken(dir)
    expect(take(dir, 'risk')).toMatchObject({
      kind: 'held',
      pid: process.pid,
      who: 'oncall',
      purpose: 'run-x',
      since: '2026-11-20T12:00:00.000Z',
    })
    lock.release()
    lock.release()
    expect(readdirSync(dir)).toEqual([])
    taken(dir).release()
  })

  it('of the dead is taken over at once; what nobody can judge keeps it', () => {
    const dir = `${temporaryDir()}/lock`
    taken(dir)
    const dead = acquire(
      dir,
      0,
      { who: 'risk' },
      { now, isAlive: (process) => !process.start.startsWith(identifySelf().start) },
    )
    expect(dead.kind).toBe('lock')
    rmSync(dir, { recursive: true })
    taken(dir).release()
    writeFileSync(`${dir}/foreign`, '')
    expect(take(dir)).toMatchObject({ kind: 'held', who: '', file: `${dir}/foreign` })
  })

  it('that cannot be made is refused, with the code for "nothing was done"', () => {
    const file = `${temporaryDir()}/file`
    writeFileSync(file, '')
    expect(() => take(`${file}/lock`)).toThrow(expect.objectContaining({ code: 'lock-unavailable', exit: 73 }))
  })

  it('says what to do about what refuses it', () => {
    const file = `${temporaryDir()}/file`
    writeFileSync(file, '')
    expect(() => take(`${file}/lock`)).toThrow(expect.objectContaining({ hint: 'desk doctor' }))
    expect([hintOn('ENOSPC'), hintOn('EROFS')]).toEqual([
      expect.stringContaining('free space'),
      expect.stringContaining('remount'),
    ])
  })

  it('is waited for until the time is up, or until its holder dies', async () => {
    const dir = `${temporaryDir()}/lock`
    const starter = await started(dir)
    expect(await say(starter, 'go')).toBe('lock')
    expect(take(dir, 'risk', 20)).toMatchObject({ kind: 'held', pid: starter.pid })
    starter.kill('SIGKILL')
    await once(starter, 'close')
    expect(take(dir, 'risk', 0).kind).toBe('lock')
  })
})

describe('many processes', () => {
  it('are never inside together, also when holders die inside', async () => {
    const dir = temporaryDir()
    const path = await bundle('test/lock/fixtures/contender.ts')
    let held = 0
    const doubles: unknown[] = []
    const run = async (number: number): Promise<void> => {
      const dieAt = number % 3 === 0 ? 0 : 5 + number
      const child = fork(path, [dir, '400', String(dieAt)], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
      child.on('message', (message) => {
        if (message === 'double') doubles.push(number)
        else if (typeof message === 'string') held += Number(message.slice('held '.length))
      })
      await once(child, 'close')
    }
    for (let wave = 0; wave < 4; wave++) await Promise.all([0, 1, 2, 3, 4, 5].map((i) => run(wave * 6 + i)))
    expect(doubles).toEqual([])
    expect(held).toBeGreaterThan(100)
  }, 60_000)

  it('that start at once: exactly one gets it', async () => {
    const dir = `${temporaryDir()}/lock`
    const starters = await Promise.all(Array.from({ length: 5 }, () => started(dir)))
    for (let round = 0; round < 40; round++) {
      const answers = await Promise.all(starters.map((starter) => say(starter, 'go')))
      expect(answers.filter((answer) => answer === 'lock')).toHaveLength(1)
      await Promise.all(starters.map((starter) => say(starter, 'back')))
    }
    for (const starter of starters) starter.disconnect()
  }, 60_000)
})

async function started(dir: string): Promise<ChildProcess> {
  const child = fork(await bundle('test/lock/fixtures/starter.ts'), [dir], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  return child
}

async function say(child: ChildProcess, word: string): Promise<unknown> {
  const answer = first(child, 'message')
  child.send(word)
  return answer
}

/** What the next such event carries. */
function first(emitter: NodeJS.EventEmitter, event: string): Promise<unknown> {
  return new Promise((resolve) => emitter.once(event, resolve))
}
