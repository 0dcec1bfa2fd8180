/** Reading that ends: a pipe or a device under a file's name would hold the reader up for ever, or never come to an end. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'

/** Opens for reading without waiting for anybody. Throws the system's error, and ENOTSUP for what is no regular file. */
export function openRegularFile(path: string): number {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  if (fstatSync(fd).isFile()) return fd
  closeSync(fd)
  throw Object.assign(new Error(`ENOTSUP: not a regular file, open '${path}'`), {
    code: 'ENOTSUP',
    syscall: 'open',
    path,
  })
}

/** The whole file, through links. Throws as `openRegularFile`. */
export function readRegularFile(path: string): Buffer {
  const fd = openRegularFile(path)
  try {
    return readFileSync(fd)
  } finally {
    closeSync(fd)
  }
}
