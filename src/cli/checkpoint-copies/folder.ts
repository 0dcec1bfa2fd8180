/** A folder on another machine: a mount, or a directory that something else carries away. */
import { closeSync, fsyncSync, openSync, readFileSync, readdirSync, renameSync } from 'node:fs'
import { syncDirectory } from '../../disk/directory.ts'
import { disk, writeAll } from '../../disk/write.ts'
import type { Copied, Kept } from './copied.ts'

/** The folder must be there: a mount that is missing would otherwise become a folder of this host. */
export function copyToFolder(to: string, kept: Kept): Copied {
  try {
    const found = place(to, kept)
    if (found.differs !== undefined) return { kind: 'differs', to, reason: found.differs }
    if (found.written > 0) syncDirectory(to)
    return { kind: 'copied', to, notes: found.written }
  } catch (error) {
    return { kind: 'unreachable', to, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** Throws the system's error. `differs` tells why nothing more was written. */
export function place(
  folder: string,
  { notes, publicKey }: Kept,
): { readonly written: number; readonly differs?: string } {
  const there = new Set(readdirSync(folder))
  if (!there.has('key.pub')) write(folder, 'key.pub', publicKey)
  else if (readFileSync(`${folder}/key.pub`, 'utf8') !== publicKey)
    return { written: 0, differs: `${folder}/key.pub is another key: who replaced it here, or there?` }
  let written = 0
  for (const { name, note } of notes) {
    if (!there.has(name)) {
      write(folder, name, note)
      written++
    } else if (readFileSync(`${folder}/${name}`, 'utf8') !== note)
      return { written, differs: `${folder}/${name} is not the note that lies here` }
  }
  return { written }
}

/** Whole or not there. Links and modes are not everywhere, so it is renamed into place. */
function write(folder: string, name: string, text: string): void {
  const draft = `${folder}/.${name}.draft`
  const fd = openSync(draft, 'w', 0o644)
  try {
    writeAll(disk, fd, Buffer.from(text))
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(draft, `${folder}/${name}`)
}
