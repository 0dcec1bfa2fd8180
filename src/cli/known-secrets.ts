/**
 * Which values nobody may read, told before a command begins: what people type passes here on its way in, so that no file, no venue and
 * no screen gets to see it. The configuration is loaded only where it speaks of secrets.
 */
import { redactor } from '../audit/redact.ts'
import type { Context } from './command.ts'
import { configSpeaksOf } from './config-words.ts'
import { configPlaces } from '../config/places.ts'

/** Empty where the configuration has none, or cannot be read: a command that needs it says so itself. */
export async function knownSecrets(context: Pick<Context, 'deps' | 'globals'>): Promise<readonly string[]> {
  if (!configSpeaksOf('secrets', context)) return []
  const { loadConfig } = await import('../config/load.ts')
  const { deps, globals } = context
  return loadConfig(configPlaces(globals.config, deps.env, deps.cwd)).config.secrets
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
