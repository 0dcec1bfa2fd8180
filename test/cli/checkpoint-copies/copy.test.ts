import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Kept } from '../../../src/cli/checkpoint-copies/copied.ts'
import { copyCheckpoints } from '../../../src/cli/checkpoint-copies/copy.ts'
import { temporaryDir } from '../../support/state.ts'

const now = new Date('2026-11-20T21:06:00.000Z')
const note = (n: number): Kept['notes'][number] => ({
  name: `00000000000${String(n)}-x.note`,
  note: `note ${String(n)}\n`,
})
const kept = (...numbers: readonly number[]): Kept => ({ notes: numbers.map(note), publicKey: 'key\n' })

describe('a folder', () => {
  it('gets what it lacks, and the key', async () => {
    const to = temporaryDir()
    expect(await copyCheckpoints(to, kept(1), now)).toEqual({ kind: 'copied', to, notes: 1 })
    expect(await copyCheckpoints(to, kept(1, 2, 3), now)).toEqual({ kind: 'copied', to, notes: 2 })
    expect(readdirSync(to).sort()).toEqual([...[1, 2, 3].map((n) => note(n).name), 'key.pub'])
    expect(readFileSync(join(to, note(2).name), 'utf8')).toBe('note 2\n')
  })

  it('that holds another key or another note is told, and left as it is', async () => {
    const to = temporaryDir()
    await copyCheckpoints(to, kept(1), now)
    expect(await copyCheckpoints(to, { ...kept(1, 2), publicKey: 'forged\n' }, now)).toMatchObject({ kind: 'differs' })
    const forged = { ...kept(), notes: [{ ...note(1), note: 'rewritten\n' }] }
    expect(await copyCheckpoints(to, forged, now)).toMatchObject({ kind: 'differs' })
    expect(readdirSync(to)).toHaveLength(2)
    expect(readFileSync(join(to, note(1).name), 'utf8')).toBe('note 1\n')
  })

  it('that is not there is not made: a mount may be missing', async () => {
    const to = join(temporaryDir(), 'mount')
    expect(await copyCheckpoints(to, kept(1), now)).toMatchObject({ kind: 'unreachable', to })
    writeFileSync(to, 'a file')
    expect(await copyCheckpoints(to, kept(1), now)).toMatchObject({ kind: 'unreachable' })
  })
})

describe('a git remote', () => {
  const bare = (): string => {
    const dir = join(temporaryDir(), 'remote.git')
    execFileSync('git', ['init', '--quiet', '--bare', dir])
    return dir
  }
  const inside = (dir: string, ...args: readonly string[]): string =>
    execFileSync('git', ['--git-dir', dir, ...args], { encoding: 'utf8' }).trim()

  it('gets what it lacks, each time as one more commit', async () => {
    const dir = bare()
    expect(await copyCheckpoints(`git+${dir}`, kept(1), now)).toMatchObject({ kind: 'copied', notes: 1 })
    expect(await copyCheckpoints(`git+${dir}`, kept(1, 2), now)).toMatchObject({ kind: 'copied', notes: 1 })
    expect(await copyCheckpoints(`git+${dir}`, kept(1, 2), now)).toMatchObject({ kind: 'copied', notes: 0 })
    expect(inside(dir, 'rev-list', '--count', 'desk-checkpoints')).toBe('2')
    expect(inside(dir, 'show', `desk-checkpoints:${note(2).name}`)).toBe('note 2')
    await copyCheckpoints(`git+${dir}#other`, kept(7), now)
    expect(inside(dir, 'ls-tree', '--name-only', 'other').split('\n')).toEqual([note(7).name, 'key.pub'])
  })

  it('that holds something else keeps it', async () => {
    const dir = bare()
    await copyCheckpoints(`git+${dir}`, kept(1), now)
    const forged = { notes: [{ ...note(1), note: 'rewritten\n' }], publicKey: 'key\n' }
    expect(await copyCheckpoints(`git+${dir}`, forged, now)).toMatchObject({ kind: 'differs' })
    expect(inside(dir, 'show', `desk-checkpoints:${note(1).name}`)).toBe('note 1')
  })

  it('that cannot be reached is told, without what it takes to get in', async () => {
    const gone = bare()
    rmSync(gone, { recursive: true })
    expect(await copyCheckpoints(`git+${gone}`, kept(1), now)).toMatchObject({ kind: 'unreachable' })
    mkdirSync(gone)
    expect(await copyCheckpoints(`git+${gone}`, kept(1), now)).toMatchObject({ kind: 'unreachable' })
    const url = 'git+http://desk:hunter22@127.0.0.1:1/x.git'
    const answer = await copyCheckpoints(url, kept(1), now)
    expect(answer.kind).toBe('unreachable')
    expect(JSON.stringify(answer)).not.toContain('hunter22')
  })
})
