/** Throwaway state directories and a log to write into. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** Goes when the test ends. */
export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'desk-test-'))
  onTestFinished(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  return dir
}

/** A clock that stands still until it is moved. */
export class Clock {
  #ms: number
  constructor(start: string) {
    this.#ms = Date.parse(start)
  }
  readonly now = (): Date => new Date(this.#ms)
  forward(ms: number): void {
    this.#ms += ms
  }
}

/** Bytes that look random and are the same in every run. */
export function steadyRandom(seed = 1): (bytes: number) => Uint8Array {
  let state = seed
  return (bytes) =>
    Uint8Array.from({ length: bytes }, () => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
      return state >>> 16
    })
}
