/** What an incident lacks before it may close, told by its review and demanded by its closing alike. */
import type { Incident } from './tickets.ts'

/** Its review aside. */
export const missingCause = ({ rootCause, causeClass, fixVerifiedIn }: Incident): readonly string[] => [
  ...(rootCause === undefined || causeClass === undefined
    ? ['the root cause and its class: desk tree post-incident']
    : []),
  ...(fixVerifiedIn === undefined ? ['where the fix was verified: desk tree post-incident'] : []),
]
