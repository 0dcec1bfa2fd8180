/**
 * Directories and files that survive a crash. Permissions follow the directory above: a state directory of mode 0700 keeps everything
 * to its owner, one of 2770 shares it with its group. Errors are the system's own; callers say what they mean.
 */
import { chmodSync, closeSync, existsSync, fchmodSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const privateMode = 0o700

/**
 * Makes the directory and those above it durable. The first one that did not exist is private, unless a shared one lies above it. Names
 * are synced once all are made: the file system writes them out together then.
 */
export function ensureDirectory(path: string): void {
  for (const above of make(path)) syncDirectory(above)
}

/** The same for what need not outlive a power cut. */
export function makeDirectory(path: string): void {
  make(path)
}

/** Answers the directories that got a new name, the outermost first. */
function make(path: string): readonly string[] {
  if (existsSync(path)) return []
  const above = dirname(path)
  const named = make(above)
  const mode = shared(above) ? statSync(above).mode & 0o7777 : privateMode
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return named
    throw error
  }
  chmodSync(path, mode) // the umask took bits away
  return [...named, above]
}

/** Makes names in the directory durable: files created, renamed or removed. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Creates a file that must not exist yet, with the permissions of its directory. `flags` as for `open`; they must be exclusive. */
export function createFile(path: string, flags: string | number): number {
  const fd = openSync(path, flags, 0o600)
  const above = dirname(path)
  if (shared(above)) fchmodSync(fd, statSync(above).mode & 0o666)
  return fd
}

/** Setgid and group-writable: what an administrator sets on a directory that a group shares. /tmp and a home directory are not that. */
function shared(path: string): boolean {
  return (statSync(path).mode & 0o2020) === 0o2020
}
