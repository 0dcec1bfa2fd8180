/** The desk that a command means, before anything is known of its configuration. */
import type { Context } from './command.ts'
import { homeDirectory } from './home-directory.ts'
import { configPlaces, whyNotReadable } from '../config/places.ts'
import { type DeskRef, deskOf } from '../killswitch/desks.ts'
import { isStateDir, longestStateDir } from '../killswitch/gate.ts'
import { DeskError, exitCodes } from '../model/failure.ts'

/**
 * Throws DeskError `no-such-desk` for a profile that names none, `relative-home` where a paper desk would lie below the working directory,
 * and `state-directory-too-long` for one about which gates cannot be asked.
 */
export function askedDesk({ deps, globals }: Pick<Context, 'deps' | 'globals'>): DeskRef {
  const { env, system } = deps
  const desk = deskOf({ env, home: homeDirectory(), registry: system.liveRegistry }, globals.profile)
  if (desk?.stateDir.startsWith('/') === false)
    throw new DeskError(
      'relative-home',
      exitCodes.invalidConfiguration,
      `HOME is ${JSON.stringify(env['HOME'])}, a relative path: every directory would have a desk of its own`,
      'set HOME to an absolute path, or DESK_STATE_DIR to where the state lies',
    )
  if (desk !== undefined && !isStateDir(desk.stateDir))
    throw new DeskError(
      'state-directory-too-long',
      exitCodes.invalidConfiguration,
      `the path of the state directory has more than ${String(longestStateDir)} bytes: gates deny there, since a hold's file might have no name that the system takes`,
      'choose a shorter path',
    )
  if (desk !== undefined) return desk
  throw new DeskError(
    'no-such-desk',
    exitCodes.invalidConfiguration,
    `no desk for the profile "${globals.profile ?? env['DESK_PROFILE'] ?? ''}"`,
    `live desks are registered in ${system.liveRegistry}; without --profile the paper desk is meant`,
  )
}

/** A configuration that was asked for by name and is not there is no configuration at all. Throws DeskError `no-such-config`. */
export function demandConfig({ deps, globals }: Pick<Context, 'deps' | 'globals'>): void {
  const places = configPlaces(globals.config, deps.env, deps.cwd)
  const reason = whyNotReadable(places)
  if (reason === undefined) return
  const { by } = places.explicit ?? { by: 'DESK_CONFIG' }
  const hint =
    by === '--config'
      ? 'name a file that is there, or leave --config out'
      : 'unset DESK_CONFIG, or name a file that is there'
  throw new DeskError('no-such-config', exitCodes.invalidConfiguration, reason, hint)
}
