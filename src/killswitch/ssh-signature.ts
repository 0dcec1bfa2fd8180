/**
 * Signatures as OpenSSH makes them (`ssh-keygen -Y sign`, the format SSHSIG), verified here with Node's own cryptography: a release must
 * not depend on which programs a host has. Ed25519 only. Whatever deviates from the format by a byte is no signature.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'

/** What every signature under a release or a promotion is made for; OpenSSH calls it the namespace. */
export const releaseNamespace = 'desk-release'

export type Signed =
  /** `key` is the public key as it stands in an allowed-signers file, in base64. */
  | { readonly kind: 'signed'; readonly key: string }
  | { readonly kind: 'unsigned'; readonly because: 'namespace' | 'signature'; readonly reason: string }

const armor = /^\s*-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END SSH SIGNATURE-----\s*$/
const largestArmorChars = 4096
const magic = 'SSHSIG'
export const keyType = 'ssh-ed25519'
const keyBytes = 32
const signatureBytes = 64

/** Whether the armored text signs exactly this message for this namespace, and by which key. Who owns the key is another question. */
export function checkSignature(armored: string, message: string, namespace: string): Signed {
  const no = (reason: string): Signed => ({ kind: 'unsigned', because: 'signature', reason })
  const parsed = parseArmored(armored)
  if (typeof parsed === 'string') return no(parsed)
  if (parsed.namespace !== namespace) {
    const made = JSON.stringify(parsed.namespace)
    return { kind: 'unsigned', because: 'namespace', reason: `it was made for ${made}, not for "${namespace}"` }
  }
  const data = Buffer.concat([
    Buffer.from(magic),
    field(Buffer.from(parsed.namespace)),
    field(parsed.reserved),
    field(Buffer.from(parsed.hash)),
    field(createHash(parsed.hash).update(message).digest()),
  ])
  return isSignedBy(parsed.publicKey, data, parsed.signature)
    ? { kind: 'signed', key: keyBlob(parsed.publicKey).toString('base64') }
    : no('it does not sign these words')
}

/** The key that a signature names, in base64, whatever it is worth; undefined for what is no signature. */
export function signerOf(armored: string): string | undefined {
  const parsed = parseArmored(armored)
  return typeof parsed === 'string' ? undefined : keyBlob(parsed.publicKey).toString('base64')
}

function parseArmored(armored: string): Parsed | string {
  const body = armored.length > largestArmorChars ? undefined : armor.exec(armored)?.[1]
  return body === undefined ? 'this is no SSH signature' : parseBlob(Buffer.from(body, 'base64'))
}

interface Parsed {
  readonly publicKey: Buffer
  readonly namespace: string
  readonly reserved: Buffer
  readonly hash: 'sha256' | 'sha512'
  readonly signature: Buffer
}

function parseBlob(blob: Buffer): Parsed | string {
  if (blob.toString('latin1', 0, magic.length) !== magic) return 'this is no SSH signature'
  if (blob.length < magic.length + 4 || blob.readUInt32BE(magic.length) !== 1) return 'its version is unknown'
  const fields = fieldsOf(blob.subarray(magic.length + 4))
  const [key, namespace, reserved, hash, signature, ...more] = fields ?? []
  if (key === undefined || namespace === undefined || reserved === undefined || hash === undefined)
    return 'it is cut off or damaged'
  if (signature === undefined || more.length > 0) return 'it is cut off or damaged'
  const publicKey = typed(key, keyBytes)
  const raw = typed(signature, signatureBytes)
  if (publicKey === undefined || raw === undefined) return `it is not of the kind ${keyType}`
  const algorithm = hash.toString('latin1')
  if (algorithm !== 'sha512' && algorithm !== 'sha256') return `its hash ${JSON.stringify(algorithm)} is unknown`
  return { publicKey, namespace: namespace.toString('utf8'), reserved, hash: algorithm, signature: raw }
}

/** The key itself, from base64 as files have it; undefined for anything but an Ed25519 key. */
export function parseKey(base64: string): Buffer | undefined {
  const blob = Buffer.from(base64, 'base64')
  return blob.toString('base64') === base64 ? typed(blob, keyBytes) : undefined
}

const keyBlob = (publicKey: Buffer): Buffer => Buffer.concat([field(Buffer.from(keyType)), field(publicKey)])

/** The bytes of a value that names its type, of exactly that length. */
function typed(value: Buffer, length: number): Buffer | undefined {
  const [type, bytes, ...more] = fieldsOf(value) ?? []
  return type?.toString('latin1') === keyType && bytes?.length === length && more.length === 0 ? bytes : undefined
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(bytes.length)
  return Buffer.concat([length, bytes])
}

/** Fields with their length before them, to the last byte; undefined where a length leads beyond the end. */
function fieldsOf(blob: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = []
  for (let at = 0; at < blob.length;) {
    if (at + 4 > blob.length) return undefined
    const end = at + 4 + blob.readUInt32BE(at)
    if (end > blob.length) return undefined
    fields.push(blob.subarray(at + 4, end))
    at = end
  }
  return fields
}

function isSignedBy(publicKey: Buffer, data: Buffer, signature: Buffer): boolean {
  try {
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
      format: 'jwk',
    })
    return verify(null, data, key, signature)
  } catch {
    return false // no point of the curve
  }
}
