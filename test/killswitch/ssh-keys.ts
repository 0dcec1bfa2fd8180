/** Keys that sign as OpenSSH does, written from its description of the format and not from the code that verifies. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'

export interface TestKey {
  /** As it stands in an allowed-signers file: type and base64. */
  readonly line: string
  readonly base64: string
  /** Armored. */
  readonly sign: (message: string, namespace?: string, hash?: 'sha512' | 'sha256') => string
}

const string = (bytes: Buffer | string): Buffer => {
  const content = Buffer.from(bytes)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  return Buffer.concat([length, content])
}

export function freshKey(): TestKey {
  const pair = generateKeyPairSync('ed25519')
  const raw = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
  const publicKey = Buffer.concat([string('ssh-ed25519'), string(raw)])
  const base64 = publicKey.toString('base64')
  return {
    line: `ssh-ed25519 ${base64}`,
    base64,
    sign: (message, namespace = 'desk-release', hash = 'sha512') => {
      const digest = createHash(hash).update(message).digest()
      const tail = [string(namespace), string(''), string(hash)]
      const signed = Buffer.concat([Buffer.from('SSHSIG'), ...tail, string(digest)])
      const signature = Buffer.concat([string('ssh-ed25519'), string(sign(null, signed, pair.privateKey))])
      return armored(
        Buffer.concat([
          Buffer.from('SSHSIG'),
          Buffer.from([0, 0, 0, 1]),
          string(publicKey),
          ...tail,
          string(signature),
        ]),
      )
    },
  }
}

export function armored(blob: Buffer): string {
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? []
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n')
}
export const bytesOf = (signature: string): Buffer => Buffer.from(signature.split('\n').slice(1, -2).join(''), 'base64')
