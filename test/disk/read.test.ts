import { spawnSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readPart, readRegularFile } from '../../src/disk/read.ts'
import { scratch } from '../killswitch/support.ts'

test.each([
  [
    'a pipe that nobody fills',
    (path: string) => {
      spawnSync('mkfifo', [path])
    },
  ],
  [
    'a device without end',
    (path: string) => {
      symlinkSync('/dev/zero', path)
    },
  ],
])('%s is refused at once', (_, make) => {
  const path = join(scratch(), 'file')
  make(path)
  expect(() => readRegularFile(path)).toThrow(expect.objectContaining({ code: 'ENOTSUP' }))
})

test('a file is read whole, also through a link, empty, or where it tells no size', () => {
  const dir = scratch()
  writeFileSync(join(dir, 'file'), 'some text')
  symlinkSync('file', join(dir, 'link'))
  expect(readRegularFile(join(dir, 'link')).toString()).toBe('some text')
  const large = Buffer.alloc(3_000_000, 'x')
  writeFileSync(join(dir, 'large'), large)
  expect(readRegularFile(join(dir, 'large')).equals(large)).toBe(true)
  writeFileSync(join(dir, 'empty'), '')
  expect(readRegularFile(join(dir, 'empty')).length).toBe(0)
  expect(readRegularFile('/proc/self/status').toString()).toContain('Pid:')
  expect(() => readRegularFile(join(dir, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }))
})

test('a part of a file is what stands there, and no more than there is', () => {
  const path = join(scratch(), 'file')
  writeFileSync(path, '0123456789')
  expect(readPart(path, 3, 4).toString()).toBe('3456')
  expect(readPart(path, 8, 4).toString()).toBe('89')
})
