import { env, getBuiltinModule } from 'node:process'

/** As `os.homedir` has it, HOME first; `node:os` takes longer to load than the rest of a look at the state, so it is loaded where it is needed. */
export function homeDirectory(): string {
  const home = env['HOME'] ?? ''
  return home === '' ? getBuiltinModule('node:os').homedir() : home
}

/** As the system's list of users has it, whatever HOME says. Throws where the user has no entry there. */
export const accountHome = (): string => getBuiltinModule('node:os').userInfo().homedir
