/**
 * What is kept of an effect under its idempotency key, in `<state>/effects/`: `<hash>.plan.json` before it, `<hash>.done.json` after it.
 * A file appears whole and never changes. What tightens goes on where neither can be written.
 */
import { readRegularFile } from '../../disk/read.ts'
import { publishFile } from '../../disk/publish.ts'
import { disk } from '../../disk/write.ts'
import { isRecord } from '../wellformed.ts'
import { sha256 } from '../../model/sha256.ts'

export interface Kept {
  readonly method: string
  readonly value: unknown
  /** RFC 3339. */
  readonly at: string
}
type Stage = 'plan' | 'done'

/** Undefined where nothing was kept. Throws the system's error, or an Error for a file that makes no sense. */
export function readKept(stateDir: string, key: string, stage: Stage): Kept | undefined {
  const path = pathOf(stateDir, key, stage)
  let text: string
  try {
    text = readRegularFile(path).toString()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const kept: unknown = JSON.parse(text)
  if (isRecord(kept) && kept['schema'] === 1 && typeof kept['method'] === 'string' && typeof kept['at'] === 'string')
    return { method: kept['method'], value: kept['value'], at: kept['at'] }
  throw new Error(`${path} does not tell what was done`)
}

/** Durable when it returns. What is there already stays as it is. Throws the system's error. */
export function keep(stateDir: string, key: string, stage: Stage, kept: Kept, unique: string): void {
  publishFile(pathOf(stateDir, key, stage), Buffer.from(JSON.stringify({ schema: 1, ...kept })), unique, disk)
}

const pathOf = (stateDir: string, key: string, stage: Stage): string =>
  `${stateDir}/effects/${sha256(key)}.${stage}.json`
