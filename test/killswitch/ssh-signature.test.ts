import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkSignature, signerOf } from '../../src/killswitch/ssh-signature.ts'
import { armored, bytesOf, freshKey } from './ssh-keys.ts'

const namespace = 'desk-release'
const check = (signature: string, message: string) => checkSignature(signature, message, namespace)

/** Made by OpenSSH 9.2: `ssh-keygen -Y sign -n desk-release`. */
const ofOpenSsh = `-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg2MOH1tWbHUe7Kc+cevTYusgt8m
AIt+uSbkXyije5ACEAAAAMZGVzay1yZWxlYXNlAAAAAAAAAAZzaGE1MTIAAABTAAAAC3Nz
aC1lZDI1NTE5AAAAQJ8KvihWByHGdHzI+JIDMq5i82ttVB+fh3jKsAEh5OGXx4pL9Pg3sp
KdnxpP/7K3zOjWnmu3G/rweMRpjT8KGwk=
-----END SSH SIGNATURE-----
`
const keyOfOpenSsh = 'AAAAC3NzaC1lZDI1NTE5AAAAINjDh9bVmx1HuynPnHr02LrILfJgCLfrkm5F8oo3uQAh'

test('what OpenSSH signs is signed, and by that key', () => {
  expect(check(ofOpenSsh, 'release\n')).toEqual({ kind: 'signed', key: keyOfOpenSsh })
  expect(check(ofOpenSsh.replaceAll('\n', '\r\n'), 'release\n')).toMatchObject({ kind: 'signed' })
  expect(signerOf(ofOpenSsh)).toBe(keyOfOpenSsh)
})

test('other words, not even a newline more, are not', () => {
  for (const words of ['release', 'release\n\n', 'Release\n', ''])
    expect(check(ofOpenSsh, words)).toMatchObject({ kind: 'unsigned', because: 'signature' })
})

test('no change of a single bit in a signature goes through', () => {
  const blob = bytesOf(ofOpenSsh)
  for (let at = 0; at < blob.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const changed = Buffer.from(blob)
      changed.writeUInt8((blob[at] ?? 0) ^ (1 << bit), at)
      expect(check(armored(changed), 'release\n').kind, `byte ${String(at)}, bit ${String(bit)}`).toBe('unsigned')
    }
})

test('nothing that is cut off, or that goes on, is one', () => {
  const blob = bytesOf(ofOpenSsh)
  for (let length = 0; length < blob.length; length++)
    expect(check(armored(blob.subarray(0, length)), 'release\n').kind).toBe('unsigned')
  for (const more of [Buffer.alloc(1), Buffer.alloc(4), Buffer.from('\0\0\0\x01x', 'latin1')])
    expect(check(armored(Buffer.concat([blob, more])), 'release\n').kind).toBe('unsigned')
  for (const text of ['', 'x', '-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----', ofOpenSsh + ofOpenSsh])
    expect(check(text, 'release\n').kind).toBe('unsigned')
})

test('a signature for another purpose says for which', () => {
  const key = freshKey()
  expect(check(key.sign('x', 'file'), 'x')).toMatchObject({ kind: 'unsigned', because: 'namespace' })
  expect(check(key.sign('x', 'desk-release2'), 'x')).toMatchObject({ because: 'namespace' })
  expect(check(key.sign('x', ''), 'x')).toMatchObject({ because: 'namespace' })
})

test('any words, signed by any key with either hash', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('sha512', 'sha256'),
      (words, others, hash) => {
        const key = freshKey()
        const signature = key.sign(words, namespace, hash)
        expect(check(signature, words)).toEqual({ kind: 'signed', key: key.base64 })
        if (words !== others) expect(check(signature, others).kind).toBe('unsigned')
      },
    ),
  )
})

test('no text makes the reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      expect(check(armored(Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01', 'latin1'), bytes])), 'x').kind).toBe(
        'unsigned',
      )
    }),
  )
})
