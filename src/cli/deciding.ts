/** Who asks for or agrees to something that loosens: by account, or by a signature over the exact words. */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Context } from './command.ts'
import { refuseUntrusted } from './trusted.ts'
import { accountOf, operatorsOf, type WhichDesk, whoIs } from './which-desk.ts'
import { parseAllowedSigners } from '../killswitch/allowed-signers.ts'
import {
  type Decider,
  decidingAs,
  decidingByLogin,
  decidingBySignature,
  operatorByKey,
  type Roster,
} from '../killswitch/roster.ts'
import { releaseNamespace, signerOf } from '../killswitch/ssh-signature.ts'
import { DeskError, exitCodes } from '../model/failure.ts'

/** How the command line says who decides. Without either the account counts. */
export interface SigningOptions {
  /** A private key file, or a public one whose private half an agent holds. */
  readonly sign?: string
  /** A file with a signature that was made elsewhere. */
  readonly signature?: string
  /** Where to write what has to be signed, instead of deciding. */
  readonly terms?: string
}

/** Throws DeskError `untrusted-roster`, `unreadable-key` or `both-signatures`. */
export function deciderOf(desk: WhichDesk, context: Context, options: SigningOptions): Decider {
  const { deps } = context
  const { name } = desk
  if (options.sign !== undefined && options.signature !== undefined)
    throw new DeskError('both-signatures', exitCodes.usage, 'one signature is enough', '--sign KEY or --signature FILE')
  if (options.sign === undefined && options.signature === undefined)
    return desk.profile === 'live'
      ? decidingByLogin(rosterOf(desk, context), accountOf(desk, context), name)
      : decidingAs(whoIs(desk, context), name)
  if (options.signature !== undefined)
    return deciderWith(desk, context, readText(resolve(deps.cwd, options.signature), 'the signature'))
  const key = resolve(deps.cwd, options.sign ?? '')
  const roster = rosterOf(desk, context)
  return decidingBySignature(roster, claimedBy(roster, publicKeyOf(key), context), name, (statement) =>
    signWith(key, statement),
  )
}

/** Whoever made this signature, over whatever they will be asked to agree to. Throws DeskError `untrusted-roster`. */
export function deciderWith(desk: WhichDesk, context: Pick<Context, 'deps'>, signature: string): Decider {
  const roster = rosterOf(desk, context)
  const claimed = claimedBy(roster, signerOf(signature), context)
  return decidingBySignature(roster, claimed, desk.name, () => Promise.resolve(signature))
}

function claimedBy(roster: Roster, key: string | undefined, { deps }: Pick<Context, 'deps'>): string {
  const found = key === undefined ? undefined : operatorByKey(roster, key, deps.now().getTime())
  return found !== undefined && 'id' in found ? found.id : 'unknown'
}

/** Who is who by the configuration. */
export function rosterOf({ profile, config }: WhichDesk, { deps }: Pick<Context, 'deps'>): Roster {
  const { allowedSigners, signatures } = config.release
  if (profile === 'live' && allowedSigners !== '') refuseUntrusted(allowedSigners, deps.system.trustedUid)
  return {
    operators: operatorsOf(config),
    signaturesRequired: signatures === 'always',
    ...(allowedSigners === ''
      ? {}
      : { allowedSigners: parseAllowedSigners(readText(allowedSigners, 'the allowed signers')) }),
  }
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DeskError('unreadable-key', exitCodes.usage, `${what} cannot be read: ${reason}`)
  }
}

/** OpenSSH keeps the public half beside the private one. */
function publicKeyOf(path: string): string | undefined {
  const text = readText(path.endsWith('.pub') ? path : `${path}.pub`, 'the public key')
  return /^ssh-ed25519 (\S+)/.exec(text)?.[1]
}

/** Asks for a passphrase where the key has one, on the terminal and not on our streams. */
async function signWith(key: string, statement: string): Promise<string> {
  const { execa } = await import('execa')
  const made = await execa('ssh-keygen', ['-q', '-Y', 'sign', '-n', releaseNamespace, '-f', key], {
    input: statement,
    reject: false,
    timeout: signingTimeoutMs,
  })
  if (!made.failed) return made.stdout
  const said = made.stderr.trim().split('\n').at(-1) ?? ''
  throw new DeskError(
    'cannot-sign',
    exitCodes.unreachable,
    `ssh-keygen made no signature: ${said === '' ? (made.shortMessage ?? 'it failed') : said}`,
    '--terms FILE writes what is to be signed elsewhere; --signature FILE takes the signature',
  )
}
const signingTimeoutMs = 120_000

/** Writes the words to be signed where a person wants them, and says how to sign them. */
export function writeTerms(context: Context, path: string, statement: string, next: string): void {
  const file = resolve(context.deps.cwd, path)
  try {
    writeFileSync(file, statement, { flag: 'wx' })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new DeskError('unwritable-terms', exitCodes.usage, `the terms cannot be written: ${reason}`)
  }
  context.io.out(
    `wrote what is to be signed: ${path}\n  sign    ssh-keygen -Y sign -n ${releaseNamespace} -f <key> ${path}\n  next    ${next} --signature ${path}.sig\n`,
  )
}
