/** The desk that a command means, before anything is known of its configuration. */
import type { Context } from './command.ts'
import { homeDirectory } from './home-directory.ts'
import { type DeskRef, deskOf } from '../killswitch/desks.ts'
import { DeskError, exitCodes } from '../model/failure.ts'

/** Throws DeskError `no-such-desk` for a profile that names none. */
export function askedDesk({ deps, globals }: Pick<Context, 'deps' | 'globals'>): DeskRef {
  const { env, system } = deps
  const desk = deskOf({ env, home: homeDirectory(), registry: system.liveRegistry }, globals.profile)
  if (desk !== undefined) return desk
  throw new DeskError(
    'no-such-desk',
    exitCodes.invalidConfiguration,
    `no desk for the profile "${globals.profile ?? env['DESK_PROFILE'] ?? ''}"`,
    `live desks are registered in ${system.liveRegistry}; without --profile the paper desk is meant`,
  )
}
