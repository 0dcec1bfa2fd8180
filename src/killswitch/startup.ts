/** After a reboot nothing is in force. Where no halt stands, the permissions of the last boot are taken up again, never raised. */
import { readdirSync } from 'node:fs'
import { knownHistory, loosening, problemOf, recordAfterwards } from './decide.ts'
import { carriesLastGrant } from './discrepancy.ts'
import { contentOf, inForce, permitDir, rearm } from './permit.ts'
import type { Means } from './record.ts'
import { type Token, isToken } from './scope.ts'
import { readStanding } from './standing.ts'
import { whyHistoryMissing } from './release-examination.ts'
import { type Refusal, refuse } from './refusal.ts'

export type Rearmed = { readonly kind: 'rearmed'; readonly tokens: readonly Token[] } | Refusal

/**
 * With `mayNot` nothing is taken up, and that is the answer where there was something to take up. Throws DeskError 75 or
 * `history-unreadable`.
 */
export function rearmAfterReboot(
  stateDir: string,
  boot: string,
  by: string,
  means: Means,
  mayNot?: Refusal,
): Promise<Rearmed> {
  return loosening(stateDir, by, means, () => {
    if (readStanding(stateDir, boot).state !== 'HALTED') return refuse('nothing-to-do', 'the desk is not halted')
    const lost = whyHistoryMissing(stateDir)
    if (lost !== undefined) return lost
    const { history } = knownHistory(stateDir, means)
    const halt = history.halts.find((each) => each.scope === 'all')
    if (halt !== undefined) return refuse('halted', `${halt.id} was never released: desk unlock request`)
    const dir = permitDir(stateDir)
    const stale = staleTokens(dir, boot)
    const boots = new Set(stale.map((each) => each.boot))
    const [oldBoot] = boots
    if (oldBoot === undefined || !stale.some(({ token }) => token === 'trade'))
      return refuse('not-halted', 'there is no permission from before the reboot: desk unlock request')
    if (boots.size > 1) return refuse('tampered', 'permissions of several boots lie here: one of them was copied in')
    const tokens = stale
      .map((each) => each.token)
      .filter((token) => carriesLastGrant(history, token, contentOf(inForce(dir, token, oldBoot))))
    if (!tokens.includes('trade'))
      return refuse('tampered', 'the permission from before the reboot is not the last one that was granted')
    if (mayNot !== undefined) return mayNot
    const granted = rearm(dir, tokens, oldBoot, boot)
    if (granted.kind !== 'granted')
      return refuse(
        'void',
        granted.kind === 'void' ? 'a halt came in between' : `the system refused (${granted.errno})`,
      )
    recordAfterwards(
      stateDir,
      'release',
      'permit.rearmed',
      { kind: 'rearmed', scope: 'all', by, reason: 'after a reboot', tightens: [] },
      means,
    )
    return { kind: 'rearmed', tokens }
  })
}

/** `session` is given anew each day and never taken up. */
function staleTokens(dir: string, boot: string): readonly { readonly token: Token; readonly boot: string }[] {
  let names: readonly string[]
  try {
    names = readdirSync(dir)
  } catch (error) {
    throw new Error(`${dir} cannot be read: ${problemOf(error)}`, { cause: error })
  }
  return names.flatMap((name) => {
    const at = name.lastIndexOf('@')
    const [token, of] = [name.slice(0, at), name.slice(at + 1)]
    return at > 0 && isToken(token) && token !== 'session' && of !== boot ? [{ token, boot: of }] : []
  })
}
