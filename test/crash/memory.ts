/** The disk of a test file, which mocks `node:fs` with it. */
import { MemoryDisk } from './memory-disk.ts'

export const memory = new MemoryDisk()
