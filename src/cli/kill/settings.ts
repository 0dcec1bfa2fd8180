/** Which configuration a halt goes by: the one that is found, or where that is of no use the last one that was good for this desk. */
import { statSync } from 'node:fs'
import { getuid } from 'node:process'
import type { Deps } from '../command.ts'
import { homeOr } from './halt-now.ts'
import { knownConfig } from './known-config.ts'
import type { Config, LoadedConfig } from '../../config/load.ts'
import { configPlaces, hasConfig, whyNotReadable } from '../../config/places.ts'
import type { DeskRef } from '../../killswitch/desks.ts'

export interface Settings {
  /** Absent: nothing is configured, and the paper desk is complete without. */
  readonly config?: Config
  /** Why it is not the one that was found here. */
  readonly problem?: string
}

/** Loads nothing where nothing is configured for a paper desk. */
export async function settingsOf(desk: DeskRef, flag: string | undefined, deps: Deps): Promise<Settings> {
  const places = configPlaces(flag, { HOME: homeOr(''), ...deps.env }, deps.cwd)
  if (desk.profile === 'paper' && !hasConfig(places)) return {}
  const [{ loadConfig }, { hasErrors }] = await Promise.all([
    import('../../config/load.ts'),
    import('../../source/diagnostic.ts'),
  ])
  const unreadable = whyNotReadable(places)
  const loaded = loadConfig(places)
  const isValid = !hasErrors(loaded.findings)
  const why = isValid ? whyOfAnother(desk, loaded) : (unreadable ?? 'the configuration is not valid')
  if (why === undefined) return { config: loaded.config }
  const path = knownConfig(desk.stateDir)
  const known = loadConfig({ project: path })
  if (known.files.length > 0 && !hasErrors(known.findings)) {
    const distrust = whyDistrusted(path)
    if (distrust === undefined) return { config: known.config, problem: `${why}; the last one that was good is used` }
    return { ...(isValid ? { config: loaded.config } : {}), problem: `${why}, and ${distrust}` }
  }
  return { ...(isValid ? { config: loaded.config } : {}), problem: why }
}

/** On a live desk only: several of them may be halted from one directory. */
function whyOfAnother({ profile, name }: DeskRef, { files, origins, config }: LoadedConfig): string | undefined {
  if (profile === 'paper') return undefined
  if (files.length === 0) return 'no configuration was found here'
  const isOther = origins.has('desk.name') && config.desk.name !== name
  return isOther ? `the configuration here is that of ${config.desk.name}` : undefined
}

/** It names programs: root starts none that somebody else has named. */
function whyDistrusted(path: string): string | undefined {
  const { uid } = statSync(path)
  return getuid?.() === 0 && uid !== 0 ? `the last one that was good was kept by user ${String(uid)}` : undefined
}
