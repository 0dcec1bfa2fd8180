/** Whether the configuration is worth loading, for what must start at once: only where it speaks of the matter at all. */
import type { Context } from './command.ts'
import { type ConfigPlaces, configPlaces } from '../config/places.ts'
import { readRegularFile } from '../disk/read.ts'

/** False also where it cannot be read: whoever needs it says so. */
export function configSpeaksOf(word: string, { deps, globals }: Pick<Context, 'deps' | 'globals'>): boolean {
  return pathsOf(configPlaces(globals.config, deps.env, deps.cwd)).some((path) => {
    try {
      return readRegularFile(path).includes(word)
    } catch {
      return false
    }
  })
}

const pathsOf = ({ user, project, explicit }: ConfigPlaces): readonly string[] =>
  explicit === undefined ? [project, ...(user === undefined ? [] : [user])] : [explicit.path]
