/** Writing that is complete or fails, through a seam at which tests let the disk be full, slow or broken. */
import { fdatasyncSync, writeSync } from 'node:fs'

export interface Disk {
  /** Answers how many bytes were taken, which may be fewer. */
  readonly write: (fd: number, bytes: Uint8Array) => number
  readonly sync: (fd: number) => void
}

export const disk: Disk = { write: (fd, bytes) => writeSync(fd, bytes), sync: fdatasyncSync }

/** A short write is silent, so it goes on until all is written. */
export function writeAll(on: Disk, fd: number, bytes: Uint8Array): void {
  for (let rest = bytes; rest.length > 0;) {
    const taken = on.write(fd, rest)
    if (taken <= 0) throw Object.assign(new Error('the disk takes nothing'), { code: 'EIO', syscall: 'write' })
    rest = rest.subarray(taken)
  }
}
