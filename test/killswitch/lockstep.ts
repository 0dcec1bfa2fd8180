/** Two processes that take turns: one halts and grants, the other asks the gate after each, and neither goes on before the other has. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { bundle } from '../support/bundle.ts'
import type { Rounds } from './fixtures/lockstep-engager.ts'
import { freshDesk } from './support.ts'

/** A file system in memory, where there is one: what the protocol syncs costs nothing there. */
export const inMemory = existsSync('/dev/shm') ? '/dev/shm' : undefined

/** Of two processes that take turns one always waits, so two pairs of them, each on a desk of its own, keep two processors busy. */
const pairs = 2

/** Most removals find nothing left to remove, and writing down the way to each of those errors takes a tenth of the time. */
const quick = ['--stack-trace-limit=0']
const fixture = (name: string): string => `test/killswitch/fixtures/${name}.ts`

/** `rounds` of all pairs together. Throws when a process fails. */
export async function lockstep(rounds: number, parent = inMemory): Promise<Rounds> {
  const each = await Promise.all(Array.from({ length: pairs }, () => playPair(rounds / pairs, parent)))
  const sum = (count: (one: Rounds) => number): number => each.reduce((total, one) => total + count(one), 0)
  return { rounds: sum((one) => one.rounds), stale: sum((one) => one.stale), blind: sum((one) => one.blind) }
}

async function playPair(rounds: number, parent: string | undefined): Promise<Rounds> {
  const { stateDir } = freshDesk(undefined, parent)
  const [turns, answers] = [join(stateDir, '..', 'turns'), join(stateDir, '..', 'answers')]
  // Named pipes, read and written synchronously: a round costs two switches between processes and no event loop.
  execFileSync('mkfifo', [turns, answers])
  const start = async (name: string, ...more: string[]): Promise<ChildProcess> =>
    spawn(process.execPath, [...quick, await bundle(fixture(name)), stateDir, turns, answers, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  const children = [await start('lockstep-checker'), await start('lockstep-engager', String(rounds))]
  try {
    const [, said] = await Promise.all(children.map(outputOf))
    return JSON.parse(said ?? '') as Rounds
  } finally {
    for (const child of children) child.kill('SIGKILL')
  }
}

/** What it prints until it ends; rejects unless it ends well. One that waits for a dead one is ended by the caller. */
async function outputOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('no output to read')
  const ended: Promise<unknown[]> = once(child, 'exit')
  const said = await text(child.stdout)
  const [code] = await ended
  if (code !== 0) throw new Error(`${child.spawnargs[1] ?? ''} ended with ${String(code)}`)
  return said
}
