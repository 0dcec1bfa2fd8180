/** The desk that a command means which must work without a configuration. */
import { homeDirectory } from './home-directory.ts'
import type { Context } from './command.ts'
import { deskOf } from '../killswitch/desks.ts'
import { DeskError, exitCodes } from '../model/failure.ts'

/** Throws DeskError `no-such-desk` for a profile that names none. */
export function askedDesk({
  deps,
  globals,
}: Pick<Context, 'deps' | 'globals'>): NonNullable<ReturnType<typeof deskOf>> {
  const desk = deskOf({ env: deps.env, home: homeDirectory(), registry: deps.system.liveRegistry }, globals.profile)
  if (desk !== undefined) return desk
  throw new DeskError(
    'no-such-desk',
    exitCodes.invalidConfiguration,
    'no desk for that profile',
    `live desks are registered in ${deps.system.liveRegistry}`,
  )
}
