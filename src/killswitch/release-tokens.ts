/** Which permissions a release asks for. */
import { existsSync } from 'node:fs'
import { isFree } from './hold.ts'
import { knownMarks } from './mark.ts'
import { inForce, permitDir } from './permit.ts'
import { type Scope, type Token, nameScope, tokensOfHold } from './scope.ts'

/** What is missing, the commit last. Permissions that a rule holds are that rule's to give back; what its hold leaves is given. */
export function tokensOfRelease(stateDir: string, boot: string, scope: Scope): readonly Token[] {
  const dir = permitDir(stateDir)
  const held = knownMarks(dir).filter(
    (mark) => nameScope(mark.scope) === nameScope(scope) && mark.cause.kind === 'rule',
  )
  const scopeTokens = tokensOfHold(scope, 'no-new').filter(
    (token) => isFree(token, held) && !existsSync(inForce(dir, token, boot)),
  )
  return scope.kind === 'all' ? [...scopeTokens, 'open', 'trade'] : scopeTokens
}
