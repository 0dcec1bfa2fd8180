/** Files that are whole from the first moment they can be seen, and never change after. */
import { closeSync, existsSync, fsyncSync, linkSync, renameSync, unlinkSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { createFile, ensureDirectory, syncDirectory } from './directory.ts'
import { writeAll, type Disk } from './write.ts'

/** Where the file exists it stays as it is. `unique` keeps drafts of several writers apart, e.g. a new id. Durable when it returns. */
export function publishFile(path: string, content: Uint8Array, unique: string, disk: Disk): void {
  if (existsSync(path)) return
  const draft = writeDraft(path, content, unique, disk)
  try {
    linkSync(draft, path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  unlinkSync(draft)
  syncDirectory(dirname(path))
}

/** The same, in the place of whatever is there. */
export function replaceFile(path: string, content: Uint8Array, unique: string, disk: Disk): void {
  renameSync(writeDraft(path, content, unique, disk), path)
  syncDirectory(dirname(path))
}

function writeDraft(path: string, content: Uint8Array, unique: string, disk: Disk): string {
  const dir = dirname(path)
  ensureDirectory(dir)
  const draft = `${dir}/.${basename(path)}.${unique}`
  const fd = createFile(draft, 'wx')
  try {
    writeAll(disk, fd, content)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  return draft
}
