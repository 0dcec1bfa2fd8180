/** The text of a topic, for `desk help` and `desk explain`. */
import type { Context } from './command.ts'
import { topics } from './topics.ts'
import { loadConfig, type Operator } from '../config/load.ts'
import { configPlaces } from '../config/places.ts'
import { hasErrors } from '../source/diagnostic.ts'

/** Undefined where there is no topic of that name. */
export function topicText(name: string, { io, deps, globals }: Context): string | undefined {
  const topic = Object.hasOwn(topics, name) ? topics[name] : undefined
  return topic?.text({ operators: () => operatorsOf(deps, globals), columns: io.columns })
}

/** Who is to be called must be told with a broken configuration too. */
function operatorsOf(deps: Context['deps'], globals: Context['globals']): readonly Operator[] | undefined {
  try {
    const { config, findings } = loadConfig(configPlaces(globals.config, deps.env, deps.cwd))
    return hasErrors(findings) ? undefined : config.operators
  } catch {
    return undefined
  }
}
