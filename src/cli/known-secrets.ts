/**
 * Which values nobody may read, told before a command begins: what people type passes here on its way in, so that no file, no venue and
 * no screen gets to see it. The configuration is loaded only where it speaks of secrets.
 */
import { redactor } from '../audit/redact.ts'
import type { Context } from './command.ts'
import { type ConfigPlaces, configPlaces } from '../config/places.ts'
import { readRegularFile } from '../disk/read.ts'

/** Empty where the configuration has none, or cannot be read: a command that needs it says so itself. */
export async function knownSecrets({ deps, globals }: Pick<Context, 'deps' | 'globals'>): Promise<readonly string[]> {
  const places = configPlaces(globals.config, deps.env, deps.cwd)
  if (!pathsOf(places).some(speaksOfSecrets)) return []
  const { loadConfig } = await import('../config/load.ts')
  return loadConfig(places).config.secrets
}

const pathsOf = ({ user, project, explicit }: ConfigPlaces): readonly string[] =>
  explicit === undefined ? [project, ...(user === undefined ? [] : [user])] : [explicit.path]

function speaksOfSecrets(path: string): boolean {
  try {
    return readRegularFile(path).includes('secrets')
  } catch {
    return false
  }
}

/** Options and arguments as they may be used. */
export function withoutSecrets<Words extends object>(words: Words, secrets: readonly string[]): Words {
  if (secrets.length === 0) return words
  const clean = redactor({ secrets, fields: [] })
  const cleaned = (value: unknown): unknown =>
    typeof value === 'string' ? clean(value) : Array.isArray(value) ? value.map(cleaned) : value
  const copy = { ...words }
  for (const [name, value] of Object.entries(words)) Reflect.set(copy, name, cleaned(value))
  return copy
}
