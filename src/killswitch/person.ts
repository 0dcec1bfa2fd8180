/** Who is who. Two decisions that need two people are compared by these ids, so an id must not be a matter of choice on a live desk. */
import { readFileSync } from 'node:fs'
import type { Person } from '../model/journal.ts'

export interface Identity {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The name of the operating system's user. */
  readonly userName: string
  /** `/proc/self/loginuid` and `/etc/passwd`; elsewhere in tests only. */
  readonly loginUidFile: string
  readonly passwdFile: string
}
const unset = '4294967295'

/**
 * On paper DESK_OPERATOR, else the user's name. On a live desk the login uid that the kernel keeps through `su` and `sudo`, never an
 * environment variable. Undefined: nobody can be told, and nothing that needs a person may happen.
 */
export function recognise(profile: 'paper' | 'live', who: Identity): Person | undefined {
  if (profile === 'live') return byLogin(who)
  const chosen = who.env['DESK_OPERATOR'] ?? ''
  if (chosen !== '') return isPersonId(chosen) ? { id: chosen, via: 'paper' } : undefined
  return isPersonId(who.userName) ? { id: who.userName, via: 'login' } : undefined
}

/** Letters, digits and `._@-`: what can be shown and compared without surprises. */
export const isPersonId = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(text)

/** `Risk` and `risk` are one person: spelling is no second pair of eyes. */
export const isSamePerson = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

function byLogin(who: Identity): Person | undefined {
  const uid = read(who.loginUidFile)?.trim()
  if (uid === undefined || !/^\d+$/.test(uid) || uid === unset) return undefined
  const entry = read(who.passwdFile)
    ?.split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === uid)
  const name = entry?.[0]
  return { id: name !== undefined && isPersonId(name) ? name : `uid-${uid}`, via: 'login' }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
