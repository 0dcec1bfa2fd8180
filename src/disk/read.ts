/** Reading that ends: a pipe or a device under a file's name would hold the reader up for ever, or never come to an end. */
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'

/** Opens for reading without waiting for anybody. Throws the system's error, and ENOTSUP for what is no regular file. */
export const openRegularFile = (path: string): number => openSized(path).fd

function openSized(path: string): { readonly fd: number; readonly size: number } {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const found = fstatSync(fd)
  if (found.isFile()) return { fd, size: found.size }
  closeSync(fd)
  throw Object.assign(new Error(`ENOTSUP: not a regular file, open '${path}'`), {
    code: 'ENOTSUP',
    syscall: 'open',
    path,
  })
}

/** The whole file, through links. Throws as `openRegularFile`. */
export function readRegularFile(path: string): Buffer {
  const { fd, size } = openSized(path)
  try {
    return size === 0 ? readFileSync(fd) : readBytes(fd, 0, size)
  } finally {
    closeSync(fd)
  }
}

/** A part of a file; shorter where the file ends before. Throws as `openRegularFile`. */
export function readPart(path: string, start: number, length: number): Buffer {
  const fd = openRegularFile(path)
  try {
    return readBytes(fd, start, length)
  } finally {
    closeSync(fd)
  }
}

/** As `readFileSync` does it, which would ask for the size a second time: dozens of small files are read before a screen is shown. */
function readBytes(fd: number, start: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size)
  let filled = 0
  while (filled < size) {
    const read = readSync(fd, bytes, filled, size - filled, start + filled)
    if (read === 0) break // it became shorter
    filled += read
  }
  return bytes.subarray(0, filled)
}
