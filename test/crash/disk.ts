/** Puts what a crash left on a real disk again, and counts. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { stdout } from 'node:process'
import type { CrashState, Recording, Tree } from './recorder.ts'

export function writeTree(tree: Tree, root: string): void {
  rmSync(root, { recursive: true, force: true })
  mkdirSync(root, { recursive: true, mode: 0o700 })
  for (const [path, is] of tree) {
    // A lock names the process that holds it, and this one lives on. That those of the dead are taken over is shown elsewhere.
    if (/(^|\/)locks\//.test(path)) continue
    if (is === 'directory') mkdirSync(join(root, path), { recursive: true, mode: 0o700 })
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), is)
    }
  }
}

/** Judges every state; answers what is wrong. A judge may change what it is given. */
export async function judgeAll(
  title: string,
  recording: Recording,
  most: number,
  judge: (state: CrashState, stateDir: string) => readonly string[] | Promise<readonly string[]>,
): Promise<{ readonly tried: number; readonly wrong: readonly string[] }> {
  // Thousands of states, each synced by what is judged: in memory where there is such a place.
  const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'desk-crash-'))
  const wrong: string[] = []
  let tried = 0
  for (const state of recording.states(most)) {
    tried++
    writeTree(state.tree, root)
    const found = await judge(state, root)
    wrong.push(...found.map((each) => `after call ${String(state.after)} (${state.notes.join(', ')}): ${each}`))
  }
  rmSync(root, { recursive: true })
  stdout.write(`${title}: ${String(tried)} crash states, ${String(wrong.length)} wrong\n`)
  return { tried, wrong }
}
