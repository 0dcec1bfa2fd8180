/**
 * Who is who on a desk. Two people are two operators: accounts and keys are theirs, and whoever has several stays one. On a live desk
 * nobody else decides anything that loosens.
 */
import type { Person } from '../model/journal.ts'
import { type AllowedSigners, principalsOf } from './allowed-signers.ts'
import { isSamePerson } from './person.ts'
import { checkSignature, releaseNamespace } from './ssh-signature.ts'
import { type Refusal, refuse } from './refusal.ts'

export interface Operator {
  readonly id: string
  /** Names of accounts, or `uid-<number>`; without any the id is the account. */
  readonly logins: readonly string[]
  /** Principals of the allowed-signers file; without any the id is the principal. */
  readonly signers: readonly string[]
}
export interface Roster {
  readonly operators: readonly Operator[]
  /** Nobody is recognised by an account alone. */
  readonly signaturesRequired: boolean
  /** Absent: no signature can be verified. */
  readonly allowedSigners?: AllowedSigners
}

/** Somebody who was recognised, and what proves it. */
export interface Recognised {
  readonly person: Person
  /** Armored, over the statement it was made for. */
  readonly signature?: string
}
/** Whoever asks or approves. */
export interface Decider {
  /** The desk it is about. */
  readonly desk: string
  /** An operator, as far as the account or the key says, before anything is proved. */
  readonly claimed: string
  /** Who it is, once they have agreed to exactly this statement. */
  readonly recognise: (statement: string, nowMs: number) => Promise<Recognised | Refusal>
  /** What speaks against whoever asked, looked at again by the one who approves. Absent on paper. */
  readonly objectToRequester?: (asked: Asked, statement: string, nowMs: number) => Refusal | undefined
}
/** Who a request says has asked, and what it offers as proof. */
interface Asked {
  readonly terms: { readonly requester: string }
  readonly via: Person['via']
  readonly signature?: string
}

/** Somebody whose account says who they are. */
export const decidingAs = (person: Person, desk: string): Decider => ({
  desk,
  claimed: person.id,
  recognise: () => Promise.resolve({ person }),
})

/** On a live desk: by the account alone, where the roster lets that count. */
export const decidingByLogin = (roster: Roster, login: Person | undefined, desk: string): Decider => {
  const found = operatorByLogin(roster, login)
  return {
    desk,
    claimed: 'id' in found ? found.id : (login?.id ?? 'unknown'),
    objectToRequester: (asked, statement, nowMs) => objectToRequester(roster, asked, statement, nowMs),
    recognise: () => Promise.resolve('id' in found ? { person: { id: found.id, via: 'login' } } : found),
  }
}

/** By a signature, which `sign` gives for the statement. What it proves counts, whoever typed the command. */
export const decidingBySignature = (
  roster: Roster,
  claimed: string,
  desk: string,
  sign: (statement: string) => Promise<string>,
): Decider => ({
  desk,
  claimed,
  objectToRequester: (asked, statement, nowMs) => objectToRequester(roster, asked, statement, nowMs),
  recognise: async (statement, nowMs) => {
    const signature = await sign(statement)
    const found = operatorBySignature(roster, statement, signature, nowMs)
    return 'id' in found ? { person: { id: found.id, via: 'key' }, signature } : found
  },
})

/** The operator whose account this is; several people behind one account are nobody in particular. */
export function operatorByLogin(
  { operators, signaturesRequired }: Roster,
  login: Person | undefined,
): Operator | Refusal {
  if (login === undefined)
    return refuse(
      'unknown-person',
      'the kernel knows no login of this process, and an environment variable names nobody',
    )
  const [only, other] = operatorsWith(operators, login)
  if (only === undefined)
    return refuse('unknown-operator', `the account ${login.id} belongs to no operator of this desk`)
  if (other !== undefined)
    return refuse(
      'signature-required',
      `several operators share the account ${login.id}: a signature has to tell them apart`,
    )
  if (signaturesRequired) return refuse('signature-required', 'this desk takes no decision without a signature')
  return only
}

/** Everybody whose account this is. */
export const operatorsWith = (operators: readonly Operator[], login: Pick<Person, 'id'>): readonly Operator[] =>
  operators.filter((operator) => accountsOf(operator).some((account) => isSamePerson(account, login.id)))

/** The one operator for whom the key speaks that signed exactly this statement. */
export function operatorBySignature(
  roster: Roster,
  statement: string,
  signature: string,
  nowMs: number,
): Operator | Refusal {
  if (roster.allowedSigners === undefined)
    return refuse('unknown-signer', 'no allowed signers are configured: no signature can be verified')
  const signed = checkSignature(signature, statement, releaseNamespace)
  if (signed.kind === 'signed') return operatorByKey(roster, signed.key, nowMs)
  return refuse(signed.because === 'namespace' ? 'wrong-namespace' : 'bad-signature', `the signature: ${signed.reason}`)
}

/** The one operator for whom a key speaks at this moment; `key` in base64, as files have it. */
export function operatorByKey({ operators, allowedSigners }: Roster, key: string, nowMs: number): Operator | Refusal {
  const spoken = principalsOf(allowedSigners ?? { signers: [], problems: [] }, key, releaseNamespace, nowMs)
  if (spoken.kind === 'nobody') return refuse(codes[spoken.because], `the signature: ${spoken.reason}`)
  const [only, other] = operators.filter((operator) =>
    principalsOfOperator(operator).some((principal) => spoken.principals.includes(principal)),
  )
  const names = spoken.principals.join(', ')
  if (only === undefined)
    return refuse('unknown-signer', `the signature is of ${names}, who is no operator of this desk`)
  if (other !== undefined) return refuse('unknown-signer', 'several operators share the key: it tells nobody apart')
  return only
}

/** A request may have been altered since, or its requester may no longer be one who decides. */
function objectToRequester(roster: Roster, asked: Asked, statement: string, nowMs: number): Refusal | undefined {
  const { requester } = asked.terms
  if (asked.signature !== undefined) {
    const found = operatorBySignature(roster, statement, asked.signature, nowMs)
    if (!('id' in found)) return refuse(found.code, `who asked is not proved any more: ${found.message}`)
    return isSamePerson(found.id, requester)
      ? undefined
      : refuse('unknown-signer', `${requester} is said to have asked, but ${found.id} signed`)
  }
  if (roster.signaturesRequired) return refuse('signature-required', `${requester} asked without a signature`)
  return roster.operators.some(({ id }) => isSamePerson(id, requester))
    ? undefined
    : refuse('unknown-operator', `${requester}, who asked, is no operator of this desk`)
}

const codes = { unknown: 'unknown-signer', time: 'expired-signer', namespace: 'wrong-namespace' } as const

const accountsOf = ({ id, logins }: Operator): readonly string[] => (logins.length > 0 ? logins : [id])
const principalsOfOperator = ({ id, signers }: Operator): readonly string[] => (signers.length > 0 ? signers : [id])
