import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { computeSha256 } from '../../src/model/sha256.ts'

const library = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

it('computes what the library computes: around every end of a block', () => {
  for (let length = 0; length <= 260; length++) {
    const data = Uint8Array.from({ length }, (_, i) => (i * 31 + length) % 256)
    expect(computeSha256(data), String(length)).toBe(library(data))
  }
})

it('computes what the library computes: for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (data) => {
      expect(computeSha256(data)).toBe(library(data))
    }),
    { numRuns: 200 },
  )
})

it('gives the values that the standard publishes', () => {
  expect(computeSha256(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(computeSha256(Buffer.alloc(1_000_000, 'a'))).toBe(
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  )
})

it('answers the same while it computes and after the library has taken over', async () => {
  const texts = Array.from({ length: 60 }, (_, i) => `é ${'x'.repeat(i * 20)}`)
  vi.resetModules()
  const { sha256 } = await import('../../src/model/sha256.ts')
  const before = texts.map(sha256) // some 35 kB: more than it computes itself
  expect(before).toStrictEqual(texts.map(library))
  expect(texts.map((text) => sha256(Buffer.from(text)))).toStrictEqual(before)
})
