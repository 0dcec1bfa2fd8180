/** The trading state of a desk, read from its permissions alone: four existence checks, never cached, and no log. */
import type { InForce, Standing } from '../model/standing.ts'
import { existsSync, lstatSync } from 'node:fs'
import { errnoOf, inForce, permitDir } from './permit.ts'

/** Whatever cannot be read, or was given in another boot, is HALTED. Holds and scopes are not looked at here. */
export function readStanding(stateDir: string, boot: string | undefined): Standing {
  const dir = permitDir(stateDir)
  if (boot === undefined || !existsSync(inForce(dir, 'trade', boot))) return { state: 'HALTED', sizeMultiplier: 0 }
  if (!existsSync(inForce(dir, 'open', boot))) return { state: 'REDUCING', sizeMultiplier: 0 }
  return { state: 'ACTIVE', sizeMultiplier: readSize(stateDir, boot) }
}

/** What rules hold of the whole desk, by the permissions that are missing. */
export function readHeld(stateDir: string, boot: string | undefined): InForce['held'] {
  const has = (token: 'unheld' | 'reduce'): boolean =>
    boot !== undefined && existsSync(inForce(permitDir(stateDir), token, boot))
  return has('unheld') ? undefined : has('reduce') ? 'reduce-only' : 'no-new'
}

/** What people are to see of it. */
export function readInForce(stateDir: string, boot: string | undefined): InForce {
  const held = readHeld(stateDir, boot)
  return { ...readStanding(stateDir, boot), ...(held === undefined ? {} : { held }) }
}

/** The size that is permitted where new risk is: it stands beside the state, so that close-only can be lifted to where it was. */
export function readSize(stateDir: string, boot: string): 0.25 | 0.5 | 1 {
  const has = (token: 'half' | 'full'): boolean => existsSync(inForce(permitDir(stateDir), token, boot))
  return !has('half') ? 0.25 : has('full') ? 1 : 0.5
}

export function readOrderRate(stateDir: string, boot: string): 0.25 | 0.5 | 1 {
  const has = (token: 'rate-half' | 'rate-full'): boolean => existsSync(inForce(permitDir(stateDir), token, boot))
  return !has('rate-half') ? 0.25 : has('rate-full') ? 1 : 0.5
}

/** Why the level cannot be told; undefined where it can. A permission that is not there is an answer; one that cannot be looked for is none. */
export function whyUnknown(stateDir: string, boot: string | undefined): string | undefined {
  if (boot === undefined) return 'this system does not tell in which boot it is'
  const path = inForce(permitDir(stateDir), 'trade', boot)
  try {
    lstatSync(path)
    return undefined
  } catch (error) {
    const errno = errnoOf(error)
    return errno === 'ENOENT' || errno === 'ENOTDIR' ? undefined : `${path} (${errno})`
  }
}
