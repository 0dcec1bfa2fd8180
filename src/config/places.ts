/** Where configuration may lie. Node's own modules only: the kill switch looks here before it loads what reads it. */
import { accessSync, constants, existsSync, statSync } from 'node:fs'
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
  const home = absolute(env['HOME'])
  const base = absolute(env['XDG_CONFIG_HOME']) ?? (home === undefined ? undefined : join(home, '.config'))
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

/**
 * Why the file that was named cannot be read, and by what it was named; undefined where none was named or it can be. It is not opened: a
 * pipe that somebody fills is read once only.
 */
export function whyNotReadable({ explicit }: ConfigPlaces): string | undefined {
  if (explicit === undefined) return undefined
  const { path, by } = explicit
  const cannot = (reason: string): string => `the configuration ${path}, named by ${by}, cannot be read: ${reason}`
  try {
    if (statSync(path).isDirectory()) return cannot('it is a directory')
    accessSync(path, constants.R_OK)
    return undefined
  } catch (error) {
    const errno = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    return cannot(errno === 'ENOENT' ? 'there is no such file' : errno)
  }
}

/** As XDG has it, a relative path counts as not given: it would mean another place in every directory. */
const absolute = (path: string | undefined): string | undefined => (path?.startsWith('/') === true ? path : undefined)
const nonEmpty = (text: string | undefined): string | undefined => (text === '' ? undefined : text)
