/** Where configuration may lie. Node's own modules only: the kill switch looks here before it loads what reads it. */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** In rising precedence. `explicit` replaces both others. */
export interface ConfigPlaces {
  readonly user?: string
  readonly project: string
  readonly explicit?: { readonly path: string; readonly by: '--config' | 'DESK_CONFIG' }
}

export function configPlaces(
  flag: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): ConfigPlaces {
  const named = flag === undefined ? nonEmpty(env['DESK_CONFIG']) : flag
  const base =
    nonEmpty(env['XDG_CONFIG_HOME']) ??
    (nonEmpty(env['HOME']) === undefined ? undefined : join(env['HOME'] ?? '', '.config'))
  return {
    ...(base === undefined ? {} : { user: join(base, 'desk', 'config.yaml') }),
    project: join(cwd, 'desk.config.yaml'),
    ...(named === undefined
      ? {}
      : { explicit: { path: resolve(cwd, named), by: flag === undefined ? 'DESK_CONFIG' : '--config' } }),
  }
}

/** Whether any of it is there, or was asked for by name. */
export const hasConfig = ({ user, project, explicit }: ConfigPlaces): boolean =>
  explicit !== undefined || existsSync(project) || (user !== undefined && existsSync(user))

const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
