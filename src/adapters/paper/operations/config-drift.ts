/** What of the live configuration differs from its work tree, told without git. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builderFile, limitsFile, strategyFile } from '../config/files.ts'
import { liveDir } from '../config/release.ts'
import { configDir } from '../config/repository.ts'
import type { Place } from '../store.ts'

const textAt = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '')

export function hasDrifted({ stateDir }: Place): boolean {
  const dir = configDir(stateDir)
  return [strategyFile, limitsFile, builderFile].some(
    (path) => textAt(join(liveDir(dir), path)) !== textAt(join(dir, 'repo', path)),
  )
}

/** Whether the live order builder sends quantities that are no whole lots. */
export const ignoresLots = ({ stateDir }: Place): boolean =>
  textAt(join(liveDir(configDir(stateDir)), builderFile)).includes('rounding: none')
