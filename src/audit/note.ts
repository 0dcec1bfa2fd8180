/** C2SP signed notes with Ed25519: text, an empty line, and one signature line per key. https://c2sp.org/signed-note */
import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'

/** What proves signatures: `<name>+<8 hex digits>+<base64 of 1 and the key>`. */
export interface VerifierKey {
  readonly name: string
  readonly key: KeyObject
}
export interface SignerKey {
  readonly name: string
  readonly key: KeyObject
}

const ed25519 = Uint8Array.of(1)
const dash = '\u2014'
/** The DER frame of an Ed25519 public key; its 32 bytes follow. */
const frame = Buffer.from('302a300506032b6570032100', 'hex')
const keyName = /^[^\s+]+$/

export function signNote(text: string, signer: SignerKey): string {
  const id = keyId(signer.name, rawKey(createPublicKey(signer.key.export({ format: 'pem', type: 'pkcs8' }))))
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), signer.key)])
  return `${text}\n${dash} ${signer.name} ${signature.toString('base64')}\n`
}

/** The text, if this key signed it; else undefined. Every byte of the note counts. */
export function openNote(note: string, verifier: VerifierKey): string | undefined {
  const cut = note.lastIndexOf('\n\n')
  if (cut < 0) return undefined
  const text = note.slice(0, cut + 1)
  const match = new RegExp(`^${dash} (\\S+) (\\S+)\n$`).exec(note.slice(cut + 2))
  const [name, encoded] = [match?.[1], match?.[2]]
  if (name !== verifier.name || encoded === undefined) return undefined
  const bytes = Buffer.from(encoded, 'base64')
  // Decoding forgives spare bits and foreign letters; a note is what was written.
  if (bytes.toString('base64') !== encoded || bytes.length !== 68) return undefined
  if (!bytes.subarray(0, 4).equals(keyId(name, rawKey(verifier.key)))) return undefined
  return verify(null, Buffer.from(text), verifier.key, bytes.subarray(4)) ? text : undefined
}

export function formatVerifierKey({ name, key }: VerifierKey): string {
  const raw = rawKey(key)
  return `${name}+${keyId(name, raw).toString('hex')}+${Buffer.concat([ed25519, raw]).toString('base64')}`
}

export function parseVerifierKey(text: string): VerifierKey | undefined {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text)
  const [name, id, encoded] = [match?.[1], match?.[2], match?.[3]]
  if (name === undefined || id === undefined || encoded === undefined) return undefined
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.toString('base64') !== encoded || bytes.length !== 33 || bytes[0] !== 1) return undefined
  const raw = bytes.subarray(1)
  if (keyId(name, raw).toString('hex') !== id) return undefined
  return { name, key: createPublicKey({ key: Buffer.concat([frame, raw]), format: 'der', type: 'spki' }) }
}

/** Names stand in front of signatures, so they hold neither space nor plus. */
export const isKeyName = (name: string): boolean => keyName.test(name)

const rawKey = (key: KeyObject): Buffer => key.export({ format: 'der', type: 'spki' }).subarray(-32)

const keyId = (name: string, raw: Uint8Array): Buffer =>
  createHash('sha256').update(`${name}\n`).update(ed25519).update(raw).digest().subarray(0, 4)
