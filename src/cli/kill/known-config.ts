/**
 * What the last good configuration said of venues, programs and peers, kept beside the state of the desk. A halt must reach them also
 * where the configuration is broken, gone, or another directory's. Secrets, people and tokens are not in it.
 */
import { closeSync, renameSync } from 'node:fs'
import { readRegularFile } from '../../disk/read.ts'
import { createFile } from '../../disk/directory.ts'
import { disk, writeAll } from '../../disk/write.ts'
import type { Config } from '../../config/load.ts'

export const knownConfig = (stateDir: string): string => `${stateDir}/known-config.json`

/** Only what differs is written. A desk whose disk takes nothing goes on as before: its log will say so. */
export function keepKnownConfig(stateDir: string, config: Config, pid: number): void {
  const { desk, adapters, venues, vendors, hosts, http, peers } = config
  const text = `${JSON.stringify({ desk, adapters, venues, vendors, hosts, http, peers }, undefined, 2)}\n`
  const path = knownConfig(stateDir)
  try {
    if (readRegularFile(path).toString() === text) return
  } catch {
    // there is none yet
  }
  try {
    const aside = `${path}.${String(pid)}`
    const fd = createFile(aside, 'wx')
    try {
      writeAll(disk, fd, Buffer.from(text))
    } finally {
      closeSync(fd)
    }
    renameSync(aside, path)
  } catch {
    // tried again by the next command
  }
}
