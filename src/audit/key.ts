/** The key pair that signs checkpoints, made when first needed. What proves more than this host's word are the copies kept elsewhere. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { publishFile } from '../disk/publish.ts'
import { disk } from '../disk/write.ts'
import { DeskError, exitCodes } from '../model/failure.ts'
import { isErrno, writing } from './failure.ts'
import { auditDir } from './layout.ts'
import { formatVerifierKey, isKeyName, parseVerifierKey, type SignerKey, type VerifierKey } from './note.ts'

/** `name` is the origin of the log, e.g. `desk/paper`; it stands in every checkpoint. Throws AuditUnwritable. */
export function loadOrCreateKey(stateDir: string, name: string, unique: string): SignerKey {
  if (!isKeyName(name)) throw new RangeError(`not a name for a key: ${JSON.stringify(name)}`)
  const path = `${auditDir(stateDir)}/key.pem`
  if (readIfThere(path) === undefined) publish(path, pemOf(generateKeyPairSync('ed25519').privateKey), unique)
  // Of two processes that made one at once, the first one's key stands.
  const key = privateKey(path, readFileSync(path, 'utf8'))
  publish(publicKeyFile(stateDir), `${formatVerifierKey({ name, key: createPublicKey(pemOf(key)) })}\n`, unique)
  return { name, key }
}

/** Undefined where no checkpoint was ever made here. Throws DeskError `key-broken`. */
export function loadVerifierKey(stateDir: string): VerifierKey | undefined {
  const path = publicKeyFile(stateDir)
  const text = readIfThere(path)
  return text === undefined ? undefined : parseKey(path, text)
}

export const publicKeyFile = (stateDir: string): string => `${auditDir(stateDir)}/key.pub`

/** Of a file that must be there. Throws DeskError `key-broken`, or the system's error. */
export const readVerifierKey = (path: string): VerifierKey => parseKey(path, readFileSync(path, 'utf8'))

function parseKey(path: string, text: string): VerifierKey {
  const key = text.endsWith('\n') ? parseVerifierKey(text.slice(0, -1)) : undefined
  if (key === undefined) throw new DeskError('key-broken', exitCodes.undetermined, `${path} is not a verifier key`)
  return key
}

const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString()

function privateKey(path: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new DeskError('key-broken', exitCodes.auditUnwritable, `${path} is not a private key`)
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

function publish(path: string, text: string, unique: string): void {
  writing(path, () => {
    publishFile(path, Buffer.from(text), unique, disk)
  })
}
